// SPDX-License-Identifier: Apache-2.0
// Text that the build puts beside the sources (web/build).
declare module "*.yaml" {
  const text: string;
  export default text;
}
declare module "*scenario-schema.json" {
  const schema: unknown;
  export default schema;
}

# SPDX-License-Identifier: Apache-2.0
# The dashboard: web/ is checked and bundled by npm's packages, and the result is compiled into the
# controller. The packages are installed once for a package-lock.json, outside of the checkout.

find_program(LUOLAB_NODE NAMES node nodejs REQUIRED)
find_program(LUOLAB_NPM npm REQUIRED)

if(DEFINED ENV{LUOLAB_CACHE})
  set(cache "$ENV{LUOLAB_CACHE}")
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(cache "$ENV{XDG_CACHE_HOME}/luolab")
else()
  set(cache "$ENV{HOME}/.cache/luolab")
endif()
set(LUOLAB_NPM_CACHE "${cache}/npm" CACHE PATH "Where the dashboard's npm packages are kept")

set(web "${CMAKE_SOURCE_DIR}/web")
set(out "${CMAKE_BINARY_DIR}/web")
set(LUOLAB_DASHBOARD_FILES "${out}/dashboard_files.cpp")

add_custom_command(
  OUTPUT "${LUOLAB_DASHBOARD_FILES}"
  COMMAND "${web}/build" "${LUOLAB_NPM_CACHE}" "${out}"
  DEPFILE "${out}/dashboard_files.d"  # all of web/src, folders too: new files count
  DEPENDS "${web}/build" "${web}/build.mjs" "${web}/package.json"
          "${web}/package-lock.json" "${web}/tsconfig.json"
  COMMENT "Building the dashboard"
  VERBATIM)

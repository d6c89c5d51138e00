// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controller/api/api_error.h"
#include "controller/submit/submit_form.h"

namespace luolab {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Catalog& catalog() {
  static const Catalog shipped = Catalog::load(LUOLAB_SOURCE_DIR).value();
  return shipped;
}

std::string yaml(const std::string& more = {}) {
  return "apiVersion: luolab/v1\nname: small\nsummary: x\n"
         "kernels: {outgoing: {base: linux-7.3}, hops: 1}\n"
         "sessions:\n  - {name: vm, memfds: [{name: ram, size: 4KiB}]}\n" +
         more;
}

SubmitOrder order_of(const std::string& text) {
  SubmitOrder order;
  order.documents.push_back({"x.yaml", text});
  return order;
}

std::vector<std::string> errors_of(const SubmitOrder& order, const SubmitRules& rules = {}) {
  std::vector<std::string> told;
  for (const Diagnostic& error : expand_order(order, catalog(), rules).errors)
    told.push_back(to_string(error));
  return told;
}

TEST(SubmitOrder, BecomesItsJobs) {
  SubmitOrder order = order_of(yaml());
  order.repeat = 3;
  order.fork_never = true;
  const ExpandedOrder expanded = expand_order(order, catalog(), {});
  ASSERT_EQ(expanded.errors.size(), 0u);
  ASSERT_EQ(expanded.jobs.size(), 3u);
  EXPECT_EQ(expanded.jobs[2].repetition, 2u);
  EXPECT_EQ(expanded.jobs[0].fork, Fork::never);
  const Submission made = make_submission(order, expanded, "ann");
  EXPECT_EQ(made.run.submitter, "ann");
  EXPECT_EQ(made.run.title, "small");
  EXPECT_EQ(made.run.source_text, yaml());
  EXPECT_EQ(made.jobs.size(), 3u);
}

TEST(SubmitOrder, AllErrorsAreToldAtOnceAndNoJobsMade) {
  SubmitOrder order = order_of(yaml("wrong: 1\n"));
  order.named_series = {"no-such-series"};
  order.priority = 101;
  order.confirm = 21;
  order.repeat = 0;
  order.settings = {"no-equals-sign"};
  const auto errors = errors_of(order);
  EXPECT_EQ(errors.size(), 6u) << testing::PrintToString(errors);
  EXPECT_TRUE(expand_order(order, catalog(), {}).jobs.empty());
}

TEST(SubmitOrder, NothingInItIsAnError) {
  EXPECT_THAT(errors_of(order_of("")), testing::SizeIs(1));
  EXPECT_THAT(errors_of(SubmitOrder{}), ElementsAre(HasSubstr("no scenario")));
}

TEST(SubmitOrder, ProgramsThatCameAlongAreNamedByTheirDigest) {
  const std::string digest(64, 'a');
  SubmitOrder order = order_of(yaml("load:\n  - {kind: exec, file: /home/ann/burn}\n"));
  EXPECT_THAT(errors_of(order), ElementsAre(HasSubstr("\"/home/ann/burn\" was not brought along")));
  EXPECT_TRUE(errors_of(order, {.worker_paths = true}).empty());
  for (const char* name : {"burn", "/home/ann/burn"}) {
    order.files = {{name, digest}};
    const ExpandedOrder expanded = expand_order(order, catalog(), {});
    ASSERT_EQ(expanded.jobs.size(), 1u) << name;
    EXPECT_EQ(expanded.jobs[0].load[0].file, "artifact:" + digest) << name;
  }
}

HttpRequest request(const std::string& type, std::string body,
                    std::multimap<std::string, std::string> query = {}) {
  HttpRequest made;
  if (!type.empty()) made.fields.add("Content-Type", type);
  made.body = std::move(body);
  made.query = std::move(query);
  return made;
}

int refusal(const HttpRequest& made) {
  try {
    read_submit_form(made);
  } catch (const ApiError& error) {
    return error.status();
  }
  return 0;
}

TEST(SubmitForm, YamlIsADocumentAndTheQueryItsParameters) {
  const SubmitForm form = read_submit_form(request("application/yaml; charset=utf-8", "text",
                                                   {{"name", "a.yaml"},
                                                    {"repeat", "2"},
                                                    {"set", "a=1"},
                                                    {"set", "b=2"},
                                                    {"dry_run", ""},
                                                    {"priority", "7"}}));
  ASSERT_EQ(form.order.documents.size(), 1u);
  EXPECT_EQ(form.order.documents[0].name, "a.yaml");
  EXPECT_EQ(form.order.documents[0].text, "text");
  EXPECT_EQ(form.order.repeat, 2u);
  EXPECT_THAT(form.order.settings, ElementsAre("a=1", "b=2"));
  EXPECT_TRUE(form.order.dry_run);
  EXPECT_EQ(form.order.priority, 7);
}

TEST(SubmitForm, AFormHasDocumentsFilesAndParametersAndTheQueryWins) {
  const auto part = [](const std::string& head, const std::string& bytes) {
    return "--b\r\nContent-Disposition: form-data; " + head + "\r\n\r\n" + bytes + "\r\n";
  };
  const std::string body = part("name=\"scenario\"; filename=\"a.yaml\"", "one") +
                           part("name=\"scenario\"", "two") + part("name=\"title\"", "mine") +
                           part("name=\"file\"; filename=\"/home/ann/burn\"", "bytes") +
                           "--b--\r\n";
  const SubmitForm form =
      read_submit_form(request("multipart/form-data; boundary=b", body, {{"title", "yours"}}));
  ASSERT_EQ(form.order.documents.size(), 2u);
  EXPECT_EQ(form.order.documents[0].name, "a.yaml");
  EXPECT_EQ(form.order.title, "yours");
  ASSERT_EQ(form.files.size(), 1u);
  EXPECT_EQ(form.files[0].name, "burn");
  EXPECT_EQ(form.files[0].bytes, "bytes");
}

TEST(SubmitForm, WhatIsNotKnownOrNoNumberIsRefused) {
  EXPECT_EQ(refusal(request("application/yaml", "x", {{"colour", "red"}})), 400);
  EXPECT_EQ(refusal(request("application/yaml", "x", {{"repeat", "-1"}})), 400);
  EXPECT_EQ(refusal(request("application/yaml", "x", {{"repeat", "1x"}})), 400);
  EXPECT_EQ(refusal(request("application/yaml", "x", {{"dry_run", "maybe"}})), 400);
  EXPECT_EQ(refusal(request("application/json", "{")), 400);
  EXPECT_EQ(refusal(request("application/json", R"({"documents":1})")), 400);
  EXPECT_EQ(refusal(request("multipart/form-data", "x")), 400);
  EXPECT_EQ(refusal(request("image/png", "x")), 415);
  EXPECT_EQ(refusal(request("", "x")), 0);
}

}  // namespace
}  // namespace luolab

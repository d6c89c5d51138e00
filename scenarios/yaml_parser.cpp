// SPDX-License-Identifier: Apache-2.0
#include "scenarios/yaml_parser.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "core/base/quantity.h"

namespace luolab {
namespace {

std::uint32_t one_based(int zero_based) {
  return zero_based < 0 ? 1 : static_cast<std::uint32_t>(zero_based) + 1;
}

struct Weight {
  std::size_t nodes = 0;
  std::size_t text_bytes = 0;
  Weight& operator+=(const Weight& more) {
    nodes += more.nodes;
    text_bytes += more.text_bytes;
    return *this;
  }
};

/// Builds the tree out of the parser's events. Breaks off by YAML::ParserException.
class TreeBuilder : public YAML::EventHandler {
 public:
  std::vector<YamlNode> take_documents() { return std::move(documents_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    // At some stray characters, such as a comma, yaml-cpp reports empty documents without end.
    if (mark.pos <= last_start_) throw YAML::ParserException(mark, "no value can start here");
    if (documents_.size() >= kMostDocuments) {
      refuse(mark, fmt::format("over {} documents in one file (split it)", kMostDocuments));
    }
    last_start_ = mark.pos;
    anchors_.clear();
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(node_at(mark, YamlNode::Kind::null), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto known = anchors_.find(anchor);
    if (known == anchors_.end()) refuse(mark, "the alias stands inside of what it names");
    spend(mark, weigh(known->second));
    if (open_.size() + depth_of(known->second) > kDeepestNesting) {
      refuse(mark, "lists and maps are nested too deep by this alias");
    }
    add(known->second);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (value.size() > kLongestValueBytes) {
      refuse(mark,
             fmt::format("a value of {} bytes; {} is the most", value.size(), kLongestValueBytes));
    }
    YamlNode node = node_at(mark, YamlNode::Kind::scalar);
    spend(mark, {0, value.size()});
    node.style = tag == "!" ? ScalarStyle::quoted : ScalarStyle::plain;
    node.text = value;
    finish(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node_at(mark, YamlNode::Kind::sequence), anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node_at(mark, YamlNode::Kind::map), anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    YAML::anchor_t anchor;
    bool key_is_pending;
  };

  [[noreturn]] static void refuse(const YAML::Mark& mark, const std::string& why) {
    throw YAML::ParserException(mark, why);
  }

  static Weight weigh(const YamlNode& node) {
    Weight weight{1, node.text.size()};
    for (const YamlNode& item : node.items) weight += weigh(item);
    for (const YamlMember& member : node.members) {
      weight += weigh(member.key);
      weight += weigh(member.value);
    }
    return weight;
  }

  static YAML::Mark mark_of(const YamlNode& node) {
    YAML::Mark mark;
    mark.line = static_cast<int>(node.line) - 1;
    mark.column = static_cast<int>(node.column) - 1;
    return mark;
  }

  static std::size_t depth_of(const YamlNode& node) {
    std::size_t deepest = 0;
    for (const YamlNode& item : node.items) deepest = std::max(deepest, depth_of(item));
    for (const YamlMember& member : node.members) {
      deepest = std::max(deepest, depth_of(member.value));
    }
    return deepest + (node.is_map() || node.is_sequence() ? 1 : 0);
  }

  void spend(const YAML::Mark& mark, Weight more) {
    spent_ += more;
    if (spent_.nodes > kMostNodes || spent_.text_bytes > kMostTextBytes) {
      refuse(mark,
             fmt::format("over {} values or {} of text, aliases expanded (split the file, or use "
                         "fewer aliases)",
                         kMostNodes, format_size_rounded(kMostTextBytes)));
    }
  }

  YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind) {
    spend(mark, {1, 0});
    YamlNode node;
    node.kind = kind;
    node.line = one_based(mark.line);
    node.column = one_based(mark.column);
    return node;
  }

  void open(YamlNode node, YAML::anchor_t anchor) {
    if (open_.size() >= kDeepestNesting) {
      refuse(mark_of(node), fmt::format("lists and maps are nested over {} deep", kDeepestNesting));
    }
    open_.push_back({std::move(node), anchor, false});
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    finish(std::move(done.node), done.anchor);
  }

  void finish(YamlNode node, YAML::anchor_t anchor) {
    if (anchor != 0) {
      spend(mark_of(node), weigh(node));
      anchors_[anchor] = node;
    }
    add(std::move(node));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      documents_.push_back(std::move(node));
      return;
    }
    Open& parent = open_.back();
    if (parent.node.is_sequence()) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key_is_pending) {
      YamlMember& member = parent.node.members.back();
      member.value = std::move(node);
      // yaml-cpp places nothing at the token after it, which may be lines below.
      if (member.value.kind == YamlNode::Kind::null) {
        member.value.line = member.key.line;
        member.value.column = member.key.column;
      }
      parent.key_is_pending = false;
    } else {
      parent.node.members.push_back({std::move(node), {}});
      parent.key_is_pending = true;
    }
  }

  std::vector<YamlNode> documents_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, YamlNode> anchors_;
  Weight spent_;
  int last_start_ = -1;
};

/// In a flow collection "${x}" opens a map, at which the parser then complains.
std::string hint_for(std::string_view text, int zero_based_line) {
  for (int line = 0; line < zero_based_line && !text.empty(); ++line) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  const bool names_parameter = text.substr(0, text.find('\n')).find("${") != text.npos;
  return names_parameter ? " (within [] and {}, a value with \"${...}\" stands in quotes)" : "";
}

}  // namespace

YamlStream parse_yaml(std::string_view text, std::string_view file) {
  TreeBuilder builder;
  YamlStream stream;
  try {
    std::istringstream input{std::string(text)};
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    stream.problems.push_back({std::string(file), one_based(error.mark.line),
                               one_based(error.mark.column), "",
                               "not YAML: " + error.msg + hint_for(text, error.mark.line)});
  }
  stream.documents = builder.take_documents();
  return stream;
}

}  // namespace luolab

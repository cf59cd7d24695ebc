// Replays what AWS answered (data/recorded.json) through the whole request path.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"
#include "emulator/gateway/emulator.hpp"
#include "tests/support/manual_world.hpp"

namespace squall::services::kms {
namespace {

using Json = nlohmann::json;

// What stands for a placeholder, the same all through a case.
using Bindings = std::map<std::string, std::string>;

bool match_text(const std::string& pattern, const std::string& found, Bindings& bindings) {
  if (pattern == "ciphertext-blob" || pattern == "plaintext") return !found.empty();
  std::size_t at = 0, position = 0;
  while (position < pattern.size()) {
    std::size_t close = pattern[position] == '<' ? pattern.find('>', position) : std::string::npos;
    if (close == std::string::npos) {
      if (at >= found.size() || found[at++] != pattern[position++]) return false;
      continue;
    }
    std::string name = pattern.substr(position, close - position);
    std::size_t end = close + 1 == pattern.size() ? found.size() : found.find(pattern[close + 1], at);
    if (end == std::string::npos) return false;
    std::string value = found.substr(at, end - at);
    if (bindings.emplace(name, value).first->second != value) return false;
    at = end;
    position = close + 1;
  }
  return at == found.size();
}

bool match(const Json& pattern, const Json& found, Bindings& bindings) {
  if (pattern == "datetime") return found.is_number();
  if (pattern.is_string())
    return found.is_string() && match_text(pattern.get<std::string>(), found.get<std::string>(), bindings);
  if (pattern.type() != found.type() || pattern.size() != found.size()) return false;
  if (pattern.is_object()) {
    for (const auto& [name, value] : pattern.items())
      if (!found.contains(name) || !match(value, found[name], bindings)) return false;
    return true;
  }
  if (pattern.is_array()) {
    for (std::size_t i = 0; i < pattern.size(); ++i)
      if (!match(pattern[i], found[i], bindings)) return false;
    return true;
  }
  return pattern == found;
}

struct Case {
  Json data;
  friend void PrintTo(const Case& one, std::ostream* out) { *out << one.data["test"]; }
};

class Recorded : public ::testing::TestWithParam<Case> {
 protected:
  // As botocore would read the answer: {"Error": {Code, Message}} for an error.
  Json call(const std::string& operation, const Json& input) {
    http::Request request{.method = "POST", .body = input.dump()};
    request.headers.add("Host", "kms.us-east-1.amazonaws.com");
    request.headers.add("Content-Type", "application/x-amz-json-1.1");
    request.headers.add("X-Amz-Target", "TrentService." + operation);
    gateway::Answer answer = emulator_.handle(request);
    Json body = answer.response->body.empty() ? Json::object() : Json::parse(answer.response->body);
    if (answer.response->status == 200) return body;
    EXPECT_EQ(answer.response->status, 400);
    return {{"Error", {{"Code", body.value("__type", "")}, {"Message", body.value("message", "")}}}};
  }

  Json fill(Json input) const {
    if (input.is_structured())
      for (auto& member : input) member = fill(std::move(member));
    if (input == "$4097 bytes") return base::base64_encode(std::string(4097, 'x'));
    if (input.is_string() && input.get_ref<const std::string&>().starts_with("$"))
      return saved_.at(input.get<std::string>().substr(1));
    return input;
  }

  testing::ManualScheduler scheduler_;
  testing::SeededEntropy entropy_;
  world::NoMachines machines_;
  gateway::Emulator emulator_{
      scheduler_, entropy_, machines_, {.account = "111111111111", .region = "us-east-1"}};
  std::map<std::string, Json> saved_;
};

TEST_P(Recorded, AnswersAsAws) {
  Bindings bindings;
  for (const Json& step : GetParam().data["steps"]) {
    Json answer = call(step["operation"], fill(step["input"]));
    const Json save = step.value("save", Json::object()), newer = step.value("newer", Json::array());
    for (const auto& [name, pointer] : save.items())
      saved_[name] = answer.at(Json::json_pointer(pointer.get<std::string>()));
    for (const Json& member : newer) EXPECT_EQ(answer.erase(member.get<std::string>()), 1u);
    if (step.contains("recorded")) {
      EXPECT_TRUE(match(step["recorded"], answer, bindings))
          << step["operation"] << "\nrecorded " << step["recorded"] << "\nanswered " << answer;
    } else {
      EXPECT_FALSE(answer.contains("Error")) << answer;
    }
  }
  EXPECT_EQ(emulator_.internal_failures(), 0u);
}

std::vector<Case> cases() {
  std::ifstream file(SQUALL_SOURCE_DIR "/tests/kms/data/recorded.json");
  std::vector<Case> all;
  for (const Json& one : Json::parse(file)) all.push_back({one});
  return all;
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  std::string name;
  for (char c : info.param.data["test"].get<std::string>())
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '_') name.push_back(c);
  return name;
}

INSTANTIATE_TEST_SUITE_P(Kms, Recorded, ::testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace squall::services::kms

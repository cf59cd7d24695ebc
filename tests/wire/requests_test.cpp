// Requests as botocore sends them (data/requests.json): the client's side writes the same, the server's side
// reads them to the same tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "emulator/base/encoding.hpp"
#include "emulator/wire/codec.hpp"
#include "tests/wire/services.hpp"

namespace squall::wire::test {
namespace {

struct Recorded {
  std::string service, operation, body, target, content_type;
  nlohmann::json input;
};

void PrintTo(const Recorded& recorded, std::ostream* out) {
  *out << recorded.service << ":" << recorded.operation;
}

std::vector<Recorded> recorded() {
  std::ifstream file(SQUALL_SOURCE_DIR "/tests/wire/data/requests.json");
  std::vector<Recorded> out;
  for (const auto& record : nlohmann::json::parse(file)) {
    const auto& target = record["target"];
    out.push_back({record["service"], record["operation"], record["body"], target.is_null() ? "" : target,
                   record["content_type"], record["input"]});
  }
  return out;
}

class RecordedRequest : public ::testing::TestWithParam<Recorded> {
 protected:
  const Service& service = service_named(GetParam().service);
  const Operation& operation = operation_named(GetParam().service, GetParam().operation);
  Value input = operation.input ? typed(*operation.input, GetParam().input) : Value::object();
};

TEST_P(RecordedRequest, IsWrittenAsBotocoreDoes) {
  http::Request request = codec(service.protocol).encode_request(service, operation, input);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/");
  EXPECT_EQ(request.headers.get("Content-Type"), GetParam().content_type);
  EXPECT_EQ(request.headers.get("X-Amz-Target"), GetParam().target);
  if (service.protocol == Protocol::json) {
    EXPECT_EQ(nlohmann::json::parse(request.body), nlohmann::json::parse(GetParam().body));
    return;
  }
  auto pairs = [](const std::string& body) {
    base::QueryPairs out = base::parse_query(body);
    std::sort(out.begin(), out.end());
    return out;
  };
  EXPECT_EQ(pairs(request.body), pairs(GetParam().body));
}

TEST_P(RecordedRequest, IsReadAsItWasMeant) {
  http::Request request{.method = "POST", .body = GetParam().body};
  request.headers.add("Content-Type", GetParam().content_type);
  Value read = codec(service.protocol).decode_request(service, operation, request);
  // An empty list leaves no trace in an ec2 request.
  if (service.protocol == Protocol::ec2)
    std::erase_if(input.get_ref<Value::object_t&>(),
                  [](const auto& member) { return member.second.is_array() && member.second.empty(); });
  EXPECT_EQ(read, input);
}

INSTANTIATE_TEST_SUITE_P(Botocore, RecordedRequest, ::testing::ValuesIn(recorded()), [](const auto& test) {
  return test.param.service + test.param.operation + std::to_string(test.index);
});

}  // namespace
}  // namespace squall::wire::test

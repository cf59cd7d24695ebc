// For parse_responses.py: each line of standard input is {"service", "operation", "output"} or {"service",
// "error":
// {"code", "status", "message"}}; each line of output is the HTTP response as {"status", "headers", "body"}.
// "output" holds blobs in base64 and times as epoch seconds.
#include <iostream>
#include <nlohmann/json.hpp>

#include "emulator/wire/codec.hpp"
#include "tests/wire/services.hpp"

namespace {

using nlohmann::json;
using namespace squall::wire;

squall::http::Response answer(const json& line) {
  const Service& service = test::service_named(line.at("service"));
  if (line.contains("error")) {
    const json& error = line["error"];
    return codec(service.protocol)
        .encode_error(service, {error.at("code"), error.at("status"), error.at("message").get<std::string>()},
                      "rid");
  }
  const Operation& operation = test::operation_named(line.at("service"), line.at("operation"));
  json output = json::object();
  if (operation.output != nullptr) output = test::typed(*operation.output, line.at("output"));
  return codec(service.protocol).encode_response(service, operation, output, "rid");
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    squall::http::Response response = answer(json::parse(line));
    json headers = json::object();
    for (const auto& [name, value] : response.headers.fields()) headers[name] = value;
    std::cout << json{{"status", response.status}, {"headers", headers}, {"body", response.body}}.dump()
              << "\n";
  }
}

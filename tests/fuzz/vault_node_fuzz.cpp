// Any requests as bytes against an unsealed stand-in node, with its root token and without: each is answered,
// and none is a fault of the node itself. A node serves many inputs, since making one costs more than a
// request.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <memory>
#include <string_view>

#include "tests/fuzz/requests.hpp"
#include "tests/vault/vault_world.hpp"

namespace {

using namespace squall;

constexpr int inputs_per_node = 200;

// What Vault itself answers with 500 (tests/vault_transcripts/http.md.gz, vault/rekey.go, vault/audit.go).
constexpr std::string_view vaults_own[] = {"missing password",
                                           "could not find version data",
                                           "failed to setup audit table",
                                           "failed to update mount table",
                                           "rekey seal configuration",
                                           "failed to read root key",
                                           "missing path",
                                           "missing data fields",
                                           "username does not exist",
                                           "past the max TTL",
                                           "internal error"};

bool is_fault(int status, const std::string& body) {
  if (status < 200) return true;
  return status == 500 &&
         std::none_of(std::begin(vaults_own), std::end(vaults_own),
                      [&](std::string_view text) { return body.find(text) != std::string::npos; });
}

struct Node {
  Node() {
    machine.start();
    machine.init_and_unseal();
  }
  vault::testing::Machine machine;
  int inputs = 0;
};

void ask(Node& node, const http::Request& request) {
  std::vector<http::Headers::Field> headers;
  for (const auto& [name, value] : request.headers.fields())
    if (!http::equal_ignoring_case(name, "Host")) headers.emplace_back(name, value);
  const bool as_root = request.headers.get("X-As") == "root";
  const auto answer = node.machine.call(request.method, request.target, as_root ? node.machine.root : "",
                                        request.body, std::move(headers));
  if (is_fault(answer.status, answer.body)) {
    std::fprintf(stderr, "%s %s\n%s\n%d %s\n", request.method.c_str(), request.target.c_str(),
                 request.body.c_str(), answer.status, answer.body.c_str());
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::unique_ptr<Node> node;
  if (!node || ++node->inputs == inputs_per_node) node = std::make_unique<Node>();
  testing::each_request({reinterpret_cast<const char*>(data), size},
                        [](const http::Request& request) { ask(*node, request); });
  return 0;
}

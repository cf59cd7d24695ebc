// A deployment to run scenarios against: a folder with stack.yaml, the provisioning script, user data, and
// the operator's own steps, all in the words that the people who run it use.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "harness/scenario/node.hpp"

namespace squall::scenario {

// A script in the stack's folder, run as root on one node once its health code is this: `vault operator init`
// and so on.
struct OperatorSteps {
  std::string script;
  std::string content;
  int when_health = 501;
};

struct Stack {
  std::string folder;  // on this machine; the workstation sees it as /stack
  std::string region = "us-east-1";
  std::string provision;  // a script in the folder, run on the workstation: makes everything

  std::optional<OperatorSteps> operator_steps;

  struct Nodes {
    std::map<std::string, std::string> tags;  // which instances are the cluster's nodes
    int count = 1;                            // how many there should be
    std::string scheme = "http";
    std::uint16_t port = 8200;
    // The token for workloads: in this file of a node, behind this text.
    std::string token_file, token_after;
    std::string mount = "secret";
  } nodes;

  std::map<std::string, std::string> variables;  // environment of the scripts; a scenario may set others
};

// Reads FOLDER/stack.yaml. Throws DocumentError.
Stack load_stack(const std::string& folder);
Stack parse_stack(std::string_view text, const std::string& folder);

}  // namespace squall::scenario

// What an instance is to do for a command: a document's steps with the caller's values in place of the
// parameters. Pure.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "emulator/base/time.hpp"
#include "emulator/services/ssm/document.hpp"

namespace squall::services::ssm {

using Values = std::map<std::string, std::vector<std::string>>;

// What each declared parameter stands for: the given values, else the defaults. Throws InvalidParameters for
// values that the document does not allow, unknown names and missing values.
Values resolve_values(const std::string& document_name, const Document& document, const Values& given);

struct PlannedStep {
  std::string name, plugin;
  std::string skipped;  // why the step does not run on Linux; empty: it runs
  std::string script, directory;
  Duration timeout;
  Step::After on_failure, on_success;
  bool always;
};

struct Plan {
  std::vector<PlannedStep> steps;
  Duration execution_timeout() const;  // of all steps together
};

// Throws InvalidParameters for references to Parameter Store.
Plan make_plan(const Document& document, const Values& values);

// Puts values in place of {{ name }}; what is no declared parameter stays as it stands. A StringList within a
// longer text is written as JSON.
std::string substitute(const std::string& text, const Document& document, const Values& values);

}  // namespace squall::services::ssm

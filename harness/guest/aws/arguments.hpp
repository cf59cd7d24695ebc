// The options of one operation, and the parameters that their values make.
#pragma once
#include "emulator/wire/schema.hpp"
#include "harness/guest/aws/arg_parser.hpp"
#include "harness/program/program.hpp"

namespace squall::guest::aws {

struct Argument {
  enum class Kind {
    member,      // a member of the input
    switch_on,   // a structure of one boolean, "Value": given alone it is true (EC2)
    switch_off,  // its negative
    custom,      // not of the model; see customizations.hpp
    other,       // --max-items, --cli-input-json: no parameter of the operation
  };
  Kind kind = Kind::member;
  Option option;
  const wire::Member* member = nullptr;
  std::string name() const { return option.name.substr(2); }
};

// A member's option, by the rules of its type: a boolean makes two.
void add_member_arguments(std::vector<Argument>& table, const wire::Operation& operation,
                          const wire::Member& member);

// The value of an option as the parameter that it stands for: file:// and fileb:// read, shorthand, JSON.
// Throws Failure.
Json unpack_value(program::Context& context, const Argument& argument, Json value);
// The content of a file:// or fileb:// value, bytes as a binary; all else unchanged.
Json read_paramfile(program::Context& context, const std::string& option, Json value);

}  // namespace squall::guest::aws

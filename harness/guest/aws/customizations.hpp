// Where the CLI's commands are not the model: options of its own for EC2, names that differ, defaults.
#pragma once
#include "harness/guest/aws/arguments.hpp"

namespace squall::guest::aws {

// Adds, renames and removes options of the operation.
void customize_arguments(std::vector<Argument>& table, const wire::Service& service,
                         const wire::Operation& operation);
// Options that may not stand together. Throws Failure.
void check_together(const wire::Service& service, const wire::Operation& operation,
                    const ParsedArguments& parsed);
// The parameters that a custom option makes. Throws Failure.
void add_custom(const Argument& argument, const Json& value, Json& parameters);
// What is filled in or moved right before the call, by the operation's name.
void finish_parameters(const wire::Service& service, const wire::Operation& operation, Json& parameters);
// What is changed in the answer: IAM's policies are JSON, the console's output is text.
void change_answer(const wire::Service& service, const wire::Operation& operation, Json& output);

}  // namespace squall::guest::aws

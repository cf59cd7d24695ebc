// Values as Python shows them: in jmespath.py's errors, in to_string() and in text output of the AWS CLI.
#pragma once
#include "harness/jmespath/jmespath.hpp"

namespace squall::jmespath {

// repr(): ['a', 1, True, None, {'k': 1.5}].
std::string python_repr(const Json& value);
// str(): a string as it is, all else as repr().
std::string python_str(const Json& value);
// repr() of a float: 1.0, 1e+16.
std::string python_float(double value);
// json.dumps(value, separators=(',', ':')): ASCII only.
std::string compact_json(const Json& value);
// The type's name: "str", "int", "NoneType", "dict".
std::string_view python_type(const Json& value);
// ==, where True is 1 and the order of an object's members does not matter.
bool python_equal(const Json& a, const Json& b);

}  // namespace squall::jmespath

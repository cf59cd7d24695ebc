// Patterns of policies: '*' and '?', policy variables with defaults
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html), and ARNs, which match
// part by part.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace squall::auth {

// The request's condition context: key in lower case -> its values.
using ConditionContext = std::map<std::string, std::vector<std::string>, std::less<>>;

// An expanded text in which wildcards are control characters, so that a '*' out of a variable stays a '*'.
inline constexpr char any_text = '\x01', any_char = '\x02';

// Marks the wildcards and, with `variables`, puts variables in. Nothing if a variable has neither value nor
// default.
std::optional<std::string> expand(std::string_view pattern, bool variables, const ConditionContext& context);
// For operators without wildcards: variables only; '*' and '?' are themselves.
std::optional<std::string> expand_plain(std::string_view text, bool variables,
                                        const ConditionContext& context);

// `pattern` as expand() gives it.
bool matches(std::string_view pattern, std::string_view text);
// Each of the first five colon-separated parts by itself, the rest as one; a sole "*" matches everything, and
// a pattern that ends early whatever follows.
bool arn_matches(std::string_view pattern, std::string_view arn);
// The same for a statement's Resource, whose missing parts are "*": "arn:aws:sqs" is every queue.
bool resource_matches(std::string pattern, std::string_view arn);
// An action's pattern, both in lower case, without variables.
bool action_matches(std::string_view pattern, std::string_view action);

}  // namespace squall::auth

// The parameters of a query request ("Filter.1.Value.2=running"), sorted by name, so that what stands under a
// prefix is one range, and each remembered as read or not.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/http/message.hpp"

namespace squall::wire {

class Form {
 public:
  // Every parameter of the query string and, for a form body, of the body.
  explicit Form(const http::Request& request);

  // The value of that very name, which then counts as read; null if there is none.
  const std::string* read(const std::string& name);
  // True if a name is `prefix` or begins with `prefix` and a dot.
  bool has_under(const std::string& prefix) const;
  // N of every "prefix.N" and "prefix.N.rest", ascending; N is a decimal number from 1 without leading zeros.
  std::vector<std::uint32_t> indices_under(const std::string& prefix) const;
  // The first name, in the order of the request, that nothing has read; empty if all were.
  std::string_view first_unread() const;
  // The first name with a character that a parameter cannot have, and the character.
  std::optional<char> bad_name_character() const;

 private:
  struct Parameter {
    std::string name, value;
    std::size_t position;
    bool read = false;
  };
  std::vector<Parameter>::const_iterator lower_bound(std::string_view name) const;
  std::vector<Parameter> parameters_;
};

// One parameter of a request without parsing the others: Action and Version, which tell the operation.
std::optional<std::string> form_value(const http::Request& request, std::string_view name);

}  // namespace squall::wire

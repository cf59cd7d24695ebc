#include "emulator/wire/form.hpp"

#include <algorithm>
#include <charconv>

#include "emulator/base/encoding.hpp"

namespace squall::wire {
namespace {

// AWS reads a body as parameters whatever its Content-Type says, as long as it is not JSON.
bool has_form_body(const http::Request& request) {
  return request.method == "POST" &&
         !request.headers.get("Content-Type").starts_with("application/x-amz-json");
}

std::optional<std::string> value_in(std::string_view pairs, std::string_view name) {
  while (!pairs.empty()) {
    std::string_view pair = pairs.substr(0, pairs.find('&'));
    pairs.remove_prefix(std::min(pairs.size(), pair.size() + 1));
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
      return base::percent_decode(pair.substr(name.size() + 1), true);
  }
  return std::nullopt;
}

}  // namespace

Form::Form(const http::Request& request) {
  auto add = [&](std::string_view pairs) {
    for (auto& [name, value] : base::parse_query(pairs))
      if (!name.empty()) parameters_.push_back({std::move(name), std::move(value), parameters_.size()});
  };
  add(request.query());
  if (has_form_body(request)) add(request.body);
  // Of a name that is given twice, the first counts.
  std::stable_sort(parameters_.begin(), parameters_.end(),
                   [](const Parameter& a, const Parameter& b) { return a.name < b.name; });
  auto same = [](const Parameter& a, const Parameter& b) { return a.name == b.name; };
  parameters_.erase(std::unique(parameters_.begin(), parameters_.end(), same), parameters_.end());
}

std::vector<Form::Parameter>::const_iterator Form::lower_bound(std::string_view name) const {
  return std::lower_bound(parameters_.begin(), parameters_.end(), name,
                          [](const Parameter& p, std::string_view n) { return p.name < n; });
}

const std::string* Form::read(const std::string& name) {
  auto it = lower_bound(name);
  if (it == parameters_.end() || it->name != name) return nullptr;
  parameters_[static_cast<std::size_t>(it - parameters_.begin())].read = true;
  return &it->value;
}

bool Form::has_under(const std::string& prefix) const {
  auto it = lower_bound(prefix);
  if (it != parameters_.end() && it->name == prefix) return true;
  it = lower_bound(prefix + ".");
  return it != parameters_.end() && it->name.starts_with(prefix) && it->name[prefix.size()] == '.';
}

std::vector<std::uint32_t> Form::indices_under(const std::string& prefix) const {
  std::vector<std::uint32_t> found;
  std::string start = prefix + ".";
  for (auto it = lower_bound(start); it != parameters_.end() && it->name.starts_with(start); ++it) {
    const char* first = it->name.data() + start.size();
    const char* last = it->name.data() + it->name.size();
    std::uint32_t index = 0;
    auto [end, error] = std::from_chars(first, last, index);
    if (error == std::errc() && *first != '0' && (end == last || *end == '.')) found.push_back(index);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::string_view Form::first_unread() const {
  const Parameter* first = nullptr;
  for (const Parameter& parameter : parameters_)
    if (!parameter.read && (first == nullptr || parameter.position < first->position)) first = &parameter;
  return first == nullptr ? std::string_view() : std::string_view(first->name);
}

std::optional<char> Form::bad_name_character() const {
  for (const Parameter& parameter : parameters_)
    for (char c : parameter.name)
      if (c <= ' ' || c > '~') return c;
  return std::nullopt;
}

std::optional<std::string> form_value(const http::Request& request, std::string_view name) {
  if (auto value = value_in(request.query(), name)) return value;
  if (!has_form_body(request)) return std::nullopt;
  return value_in(request.body, name);
}

}  // namespace squall::wire

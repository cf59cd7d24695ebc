#include "harness/guest/aws/pagination.hpp"

#include "emulator/base/encoding.hpp"
#include "harness/guest/aws/json_text.hpp"
#include "harness/jmespath/python_text.hpp"

namespace squall::guest::aws {
namespace {

Json search(std::string_view expression, const Json& value) {
  return jmespath::search(jmespath::parse(expression), value);
}

// Result keys are names, or names joined by dots.
Json& place(Json& value, std::string_view key) {
  Json* at = &value;
  for (std::size_t start = 0; start <= key.size();) {
    const std::size_t end = std::min(key.find('.', start), key.size());
    at = &(*at)[std::string(key.substr(start, end - start))];
    start = end + 1;
  }
  return *at;
}

bool truthy(const Json& value) {
  return !(value.is_null() || value == false || value == 0 || (value.is_string() && value == "") ||
           (value.is_structured() && value.empty()));
}

Json next_token(const wire::Pagination& pagination, const Json& page) {
  Json out = Json::object();
  if (!pagination.more_results.empty() && !truthy(search(pagination.more_results, page))) return out;
  for (std::size_t i = 0; i < pagination.input_tokens.size() && i < pagination.output_tokens.size(); ++i) {
    Json token = search(pagination.output_tokens[i], page);
    out[std::string(pagination.input_tokens[i])] = truthy(token) ? token : Json(nullptr);
  }
  return out;
}

bool is_last(const Json& token) {
  for (const auto& [key, value] : token.items())
    if (!value.is_null()) return false;
  return true;
}

std::string spaced_json(const Json& token) {
  std::string out;
  for (const auto& [key, value] : token.items())
    out += (out.empty() ? "" : ", ") + Json(key).dump(-1, ' ', true) + ": " + value.dump(-1, ' ', true);
  return "{" + out + "}";
}

// What --starting-token takes: botocore's base64 of JSON. Nothing for another text, which then is the
// service's own token.
std::optional<Json> decode_token(const std::string& text) {
  auto json = base::base64_decode(text);
  if (!json) return {};
  Json token = Json::parse(*json, nullptr, false);
  if (!token.is_object()) return {};
  return token;
}

Json starting_token(const wire::Pagination& pagination, const std::string& text, std::int64_t& skip) {
  Json token = Json::object();
  if (auto decoded = decode_token(text)) {
    token = std::move(*decoded);
    if (auto amount = token.find("boto_truncate_amount");
        amount != token.end() && amount->is_number_integer()) {
      skip = amount->get<std::int64_t>();
      token.erase("boto_truncate_amount");
    }
  } else {
    for (std::string_view name : pagination.input_tokens) token[std::string(name)] = text;
  }
  return token;
}

// Leaves `count` items from `first` on of the page's main list.
void cut(Json& page, std::string_view key, std::size_t first, std::size_t count) {
  Json& list = place(page, key);
  if (!list.is_array()) return;
  Json kept = Json::array();
  for (std::size_t i = first; i < list.size() && i < first + count; ++i) kept.push_back(list[i]);
  list = std::move(kept);
}

Json emptied(const Json& value) {
  if (value.is_array()) return Json::array();
  if (value.is_string()) return "";
  return value.is_number() ? Json(0) : Json(nullptr);
}

}  // namespace

world::Task<Pages> call_pages(Client& client, const wire::Operation& operation, Json parameters,
                              Paging paging) {
  const wire::Pagination& pagination = *operation.pagination;
  const std::string_view main = pagination.result_keys[0];
  Pages out;
  std::int64_t skip = 0;
  Json token = Json::object(), previous;
  for (std::string_view name : pagination.input_tokens) token[std::string(name)] = nullptr;
  if (paging.starting_token) token = starting_token(pagination, *paging.starting_token, skip);
  if (paging.page_size) parameters[std::string(pagination.limit_key)] = *paging.page_size;
  std::int64_t total = 0;
  for (bool first = true;; first = false) {
    for (const auto& [name, value] : token.items())
      if (!value.is_null())
        parameters[name] = value;
      else
        parameters.erase(name);
    Json page = co_await client.call(operation, parameters);
    if (!first) skip = 0;
    if (skip > 0) {
      cut(page, main, static_cast<std::size_t>(skip), page.size() + 1000000);
      for (std::size_t i = 1; i < pagination.result_keys.size(); ++i)
        place(page, pagination.result_keys[i]) = emptied(search(pagination.result_keys[i], page));
    }
    const Json list = search(main, page);
    const auto size = list.is_structured() ? static_cast<std::int64_t>(list.size()) : 0;
    const std::int64_t surplus = paging.max_items ? total + size - *paging.max_items : 0;
    if (surplus > 0) {
      // As Python cuts a list: a negative number is counted from the end.
      const std::int64_t left =
          size - surplus < 0 ? std::max<std::int64_t>(2 * size - surplus, 0) : size - surplus;
      cut(page, main, 0, static_cast<std::size_t>(left));
      out.pages.push_back(std::move(page));
      token["boto_truncate_amount"] = size - surplus + skip;
      out.resume_token = base::base64_encode(spaced_json(token));
      co_return out;
    }
    token = next_token(pagination, page);
    out.pages.push_back(std::move(page));
    total += size;
    if (is_last(token)) co_return out;
    if (paging.max_items && total == *paging.max_items) {
      out.resume_token = base::base64_encode(spaced_json(token));
      co_return out;
    }
    if (previous == token)
      throw Failure(general_status, "Error during pagination: The same next token was received twice: " +
                                        jmespath::python_repr(token));
    previous = token;
  }
}

Json Pages::merged(const wire::Pagination& pagination) const {
  Json out = Json::object();
  for (const Json& page : pages) {
    for (std::string_view key : pagination.result_keys) {
      const Json found = search(key, page);
      if (found.is_null()) continue;
      const Json existing = search(key, out);
      Json& target = place(out, key);
      if (existing.is_array() && found.is_array())
        for (const Json& item : found) target.push_back(item);
      else if (existing.is_number_integer() && found.is_number_integer())
        target = existing.get<std::int64_t>() + found.get<std::int64_t>();
      else if (existing.is_string() && found.is_string())
        target = existing.get<std::string>() + found.get<std::string>();
      else if (existing.is_null())
        target = found;
    }
  }
  if (!resume_token.empty()) out["NextToken"] = resume_token;
  return out;
}

}  // namespace squall::guest::aws

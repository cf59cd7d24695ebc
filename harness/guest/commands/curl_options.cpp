// See curl_options.hpp. Options are one table: the letter, the long name, and what it does with its argument.
// A long name may be cut short where that is unambiguous, as curl allows.
#include "harness/guest/commands/curl_options.hpp"

#include <cstdlib>
#include <functional>

namespace squall::guest {
namespace {

struct Option {
  char letter;  // 0: none
  const char* name;
  bool takes_value;
  std::function<void(CurlOptions&, const std::string&)> apply;  // empty: known, and not served
};

auto set_flag(bool CurlOptions::*member) {
  return [member](CurlOptions& options, const std::string&) { options.*member = true; };
}
auto set_text(std::string CurlOptions::*member) {
  return [member](CurlOptions& options, const std::string& value) { options.*member = value; };
}
auto set_seconds(std::optional<double> CurlOptions::*member) {
  return [member](CurlOptions& options, const std::string& value) {
    options.*member = std::atof(value.c_str());
  };
}
auto set_number(int CurlOptions::*member) {
  return [member](CurlOptions& options, const std::string& value) {
    options.*member = std::atoi(value.c_str());
  };
}
auto add_to(std::vector<std::string> CurlOptions::*member) {
  return [member](CurlOptions& options, const std::string& value) { (options.*member).push_back(value); };
}
auto add_data(CurlData::Kind kind) {
  return [kind](CurlOptions& options, const std::string& value) { options.data.push_back({kind, value}); };
}
// What makes no difference to the answer here: the protocol's version, keep-alive, buffering, address
// families.
void no_difference(CurlOptions&, const std::string&) {}

const std::vector<Option>& option_table() {
  using O = CurlOptions;
  static const std::vector<Option> table = {
      {'s', "silent", false, set_flag(&O::silent)},
      {'S', "show-error", false, set_flag(&O::show_error)},
      {'f', "fail", false, set_flag(&O::fail)},
      {0, "fail-with-body", false, set_flag(&O::fail_with_body)},
      {'L', "location", false, set_flag(&O::follow)},
      {0, "location-trusted", false, [](O& o, const std::string&) { o.follow = o.trusted_follow = true; }},
      {'k', "insecure", false, set_flag(&O::insecure)},
      {'i', "include", false, set_flag(&O::include)},
      {'I', "head", false, set_flag(&O::head)},
      {'G', "get", false, set_flag(&O::get)},
      {'v', "verbose", false, set_flag(&O::verbose)},
      {'V', "version", false, set_flag(&O::version)},
      {'#', "progress-bar", false, set_flag(&O::progress_bar)},
      {'O', "remote-name", false, [](O& o, const std::string&) { o.outputs.push_back("\n"); }},
      {0, "remote-name-all", false, set_flag(&O::remote_name_all)},
      {'o', "output", true, add_to(&O::outputs)},
      {0, "output-dir", true, set_text(&O::output_folder)},
      {0, "create-dirs", false, set_flag(&O::create_folders)},
      {'D', "dump-header", true, set_text(&O::dump_header)},
      {'w', "write-out", true, set_text(&O::write_out)},
      {'X', "request", true, set_text(&O::method)},
      {'H', "header", true, add_to(&O::headers)},
      {'A', "user-agent", true, set_text(&O::user_agent)},
      {'e', "referer", true, set_text(&O::referer)},
      {'u', "user", true, set_text(&O::user)},
      {'b', "cookie", true, set_text(&O::cookie)},
      {'r', "range", true, set_text(&O::range)},
      {'d', "data", true, add_data(CurlData::plain)},
      {0, "data-ascii", true, add_data(CurlData::plain)},
      {0, "data-binary", true, add_data(CurlData::binary)},
      {0, "data-raw", true, add_data(CurlData::raw)},
      {0, "data-urlencode", true, add_data(CurlData::url_encoded)},
      {0, "json", true, add_data(CurlData::json)},
      {'T', "upload-file", true, set_text(&O::upload)},
      {0, "cacert", true, set_text(&O::ca_file)},
      {0, "capath", true, set_text(&O::ca_folder)},
      {'E', "cert", true, set_text(&O::certificate)},
      {0, "key", true, set_text(&O::key)},
      {0, "resolve", true, add_to(&O::resolves)},
      {'m', "max-time", true, set_seconds(&O::max_time_s)},
      {0, "connect-timeout", true, set_seconds(&O::connect_timeout_s)},
      {0, "retry", true, set_number(&O::retries)},
      {0, "retry-delay", true, set_seconds(&O::retry_delay_s)},
      {0, "retry-max-time", true, set_seconds(&O::retry_max_time_s)},
      {0, "retry-connrefused", false, set_flag(&O::retry_refused)},
      {0, "retry-all-errors", false, set_flag(&O::retry_all)},
      {0, "max-redirs", true, set_number(&O::max_redirects)},
      {0, "url", true, add_to(&O::urls)},
      {'N', "no-buffer", false, no_difference},
      {'4', "ipv4", false, no_difference},
      {'6', "ipv6", false, no_difference},
      {'g', "globoff", false, no_difference},
      {'q', "disable", false, no_difference},
      {'0', "http1.0", false, no_difference},
      {'1', "tlsv1", false, no_difference},
      {0, "http1.1", false, no_difference},
      {0, "http2", false, no_difference},
      {0, "tlsv1.2", false, no_difference},
      {0, "tlsv1.3", false, no_difference},
      {0, "tls-max", true, no_difference},
      {0, "proto", true, no_difference},
      {0, "proto-redir", true, no_difference},
      {0, "no-progress-meter", false, set_flag(&O::silent)},
      {0, "no-keepalive", false, no_difference},
      {0, "keepalive-time", true, no_difference},
      {0, "compressed", false, no_difference},
      {0, "noproxy", true, no_difference},
      {0, "no-sessionid", false, no_difference},
      {'F', "form", true, {}},
      {'x', "proxy", true, {}},
      {'K', "config", true, {}},
      {'c', "cookie-jar", true, {}},
      {'n', "netrc", false, {}},
      {'C', "continue-at", true, {}},
      {'J', "remote-header-name", false, {}},
      {'R', "remote-time", false, {}},
      {'z', "time-cond", true, {}},
      {'Z', "parallel", false, {}},
      {0, "unix-socket", true, {}},
      {0, "connect-to", true, {}},
      {0, "interface", true, {}},
      {0, "limit-rate", true, {}},
      {0, "aws-sigv4", true, {}},
      {0, "digest", false, {}},
      {0, "negotiate", false, {}},
  };
  return table;
}

const Option* by_letter(char letter) {
  for (const Option& option : option_table())
    if (option.letter == letter) return &option;
  return nullptr;
}

const Option* by_name(const std::string& name) {
  const Option* found = nullptr;
  for (const Option& option : option_table()) {
    std::string full = option.name;
    if (full == name) return &option;
    if (full.starts_with(name)) found = found == nullptr ? &option : found;
  }
  return found;
}

struct Parser {
  const std::vector<std::string>& argv;
  CurlOptions options;
  std::size_t at = 1;
  std::optional<CurlMistake> mistake;

  void apply(const Option& option, const std::string& shown, const std::string* attached) {
    if (!option.apply) {
      mistake = {2, "option " + shown + ": is not served by Squall's guests"};
      return;
    }
    if (!option.takes_value) return option.apply(options, "");
    if (attached != nullptr) return option.apply(options, *attached);
    if (at + 1 >= argv.size()) {
      mistake = {2, "option " + shown + ": requires parameter"};
      return;
    }
    option.apply(options, argv[++at]);
  }
  void take_long(const std::string& word) {
    const Option* option = by_name(word.substr(2));
    if (option == nullptr && word.starts_with("--no-") && by_name(word.substr(5)) != nullptr) return;
    if (option == nullptr) {
      mistake = {2, "option " + word + ": is unknown"};
      return;
    }
    apply(*option, word, nullptr);
  }
  void take_letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size() && !mistake; ++i) {
      const Option* option = by_letter(word[i]);
      if (option == nullptr) {
        mistake = {2, "option " + word + ": is unknown"};
        return;
      }
      std::string rest = word.substr(i + 1);
      apply(*option, std::string("-") + word[i], option->takes_value && !rest.empty() ? &rest : nullptr);
      if (option->takes_value) return;
    }
  }
};

}  // namespace

std::variant<CurlOptions, CurlMistake> parse_curl(const std::vector<std::string>& argv) {
  Parser parser{argv, {}, 1, {}};
  bool only_urls = false;
  for (; parser.at < argv.size() && !parser.mistake; ++parser.at) {
    const std::string& word = argv[parser.at];
    if (only_urls || word.size() < 2 || word[0] != '-')
      parser.options.urls.push_back(word);
    else if (word == "--")
      only_urls = true;
    else if (word[1] == '-')
      parser.take_long(word);
    else
      parser.take_letters(word);
  }
  if (parser.mistake) return *parser.mistake;
  if (parser.options.urls.empty() && !parser.options.version) return CurlMistake{2, ""};
  return parser.options;
}

}  // namespace squall::guest

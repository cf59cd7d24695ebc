// See curl_options.hpp. Options are one table: the letter, the long name, and what it does with its argument.
// A long name may be cut short where that is unambiguous, as curl allows.
#include "harness/guest/commands/curl_options.hpp"

#include <charconv>
#include <cstdlib>
#include <functional>
#include <sstream>

#include "harness/guest/commands/command_line.hpp"

namespace squall::guest {
namespace {

struct Option {
  char letter;  // 0: none
  std::string name;
  bool takes_value = false;
  bool CurlOptions::*flag = nullptr;  // what it switches on, and --no-NAME off
  // Takes its argument; false: that is no number.
  std::function<bool(CurlOptions&, const std::string&)> apply = {};
  bool served = true;
};

Option flag(char letter, const char* name, bool CurlOptions::*member) {
  return {letter, name, false, member};
}
Option text(char letter, const char* name, std::string CurlOptions::*member) {
  return {letter, name, true, nullptr, [member](CurlOptions& options, const std::string& value) {
            options.*member = value;
            return true;
          }};
}
Option list(char letter, const char* name, std::vector<std::string> CurlOptions::*member) {
  return {letter, name, true, nullptr, [member](CurlOptions& options, const std::string& value) {
            (options.*member).push_back(value);
            return true;
          }};
}
Option seconds(char letter, const char* name, std::optional<double> CurlOptions::*member) {
  return {letter, name, true, nullptr, [member](CurlOptions& options, const std::string& value) {
            char* end = nullptr;
            options.*member = std::strtod(value.c_str(), &end);
            return end != value.c_str() && *end == 0 && *(options.*member) >= 0;
          }};
}
Option number(const char* name, int CurlOptions::*member) {
  return {0, name, true, nullptr, [member](CurlOptions& options, const std::string& value) {
            auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), options.*member);
            return error == std::errc{} && end == value.data() + value.size();
          }};
}
Option data(char letter, const char* name, CurlData::Kind kind) {
  return {letter, name, true, nullptr, [kind](CurlOptions& options, const std::string& value) {
            options.data.push_back({kind, value});
            return true;
          }};
}
// "=https", "-all,https": each with '+' (which may be left out), '-' or '=' before it.
Option protocols(const char* name, CurlProtocols CurlOptions::*member) {
  return {0, name, true, nullptr, [member](CurlOptions& options, const std::string& value) {
            CurlProtocols& allowed = options.*member;
            std::istringstream words(value);
            for (std::string word; std::getline(words, word, ',');) {
              const char mark = word.empty() ? 0 : word[0];
              if (mark == '+' || mark == '-' || mark == '=') word.erase(0, 1);
              if (mark == '=') allowed = {false, false};
              if (word == "http" || word == "all") allowed.http = mark != '-';
              if (word == "https" || word == "all") allowed.https = mark != '-';
            }
            return true;
          }};
}
// What makes no difference to the answer here: the protocol's version, keep-alive, buffering, sockets.
Option nothing(char letter, const char* name, bool takes_value = false) {
  return {letter, name, takes_value, nullptr, [](CurlOptions&, const std::string&) { return true; }};
}
constexpr std::string_view unserved =
    "abstract-unix-socket= alt-svc= anyauth a,append aws-sigv4= cert-status cert-type= ciphers= clobber "
    "compressed-ssh K,config= connect-to= C,continue-at= c,cookie-jar= create-file-mode= crlf crlfile= "
    "curves= "
    "delegation= digest disable-eprt disable-epsv disallow-username-in-url dns-interface= dns-ipv4-addr= "
    "dns-ipv6-addr= dns-servers= doh-cert-status doh-insecure doh-url= egd-file= engine= etag-compare= "
    "etag-save= false-start F,form= form-escape form-string= ftp-account= ftp-alternative-to-user= "
    "ftp-create-dirs ftp-method= ftp-pasv P,ftp-port= ftp-pret ftp-skip-pasv-ip ftp-ssl-ccc "
    "ftp-ssl-ccc-mode= "
    "ftp-ssl-control haproxy-protocol h,help hostpubmd5= hostpubsha256= hsts= http0.9 http2-prior-knowledge "
    "http3 http3-only ignore-content-length interface= 6,ipv6 j,junk-session-cookies key-type= krb= libcurl= "
    "limit-rate= l,list-only local-port= login-options= mail-auth= mail-from= mail-rcpt= "
    "mail-rcpt-allowfails "
    "M,manual max-filesize= metalink negotiate n,netrc netrc-file= netrc-optional :,next ntlm ntlm-wb "
    "oauth2-bearer= Z,parallel parallel-immediate parallel-max= pass= pinnedpubkey= post301 post302 post303 "
    "preproxy= proto-default= x,proxy= proxy-anyauth proxy-basic proxy-cacert= proxy-capath= proxy-cert= "
    "proxy-cert-type= proxy-ciphers= proxy-crlfile= proxy-digest proxy-header= proxy-insecure proxy-key= "
    "proxy-key-type= proxy-negotiate proxy-ntlm proxy-pass= proxy-pinnedpubkey= proxy-service-name= "
    "proxy-ssl-allow-beast proxy-ssl-auto-client-cert proxy-tls13-ciphers= proxy-tlsauthtype= "
    "proxy-tlspassword= proxy-tlsuser= proxy-tlsv1 U,proxy-user= proxy1.0= p,proxytunnel pubkey= Q,quote= "
    "random-file= rate= raw R,remote-time remove-on-error request-target= sasl-authzid= sasl-ir "
    "service-name= socks4= socks4a= socks5= socks5-basic socks5-gssapi socks5-gssapi-nec "
    "socks5-gssapi-service= socks5-hostname= Y,speed-limit= y,speed-time= ssl ssl-allow-beast "
    "ssl-auto-client-cert ssl-reqd ssl-revoke-best-effort 2,sslv2 3,sslv3 stderr= suppress-connect-headers "
    "t,telnet-option= tftp-blksize= tftp-no-options z,time-cond= tls-max= tls13-ciphers= tlsauthtype= "
    "tlspassword= tlsuser= tr-encoding trace= trace-ascii= trace-time unix-socket= url-query= B,use-ascii "
    "xattr";

std::vector<Option> make_table() {
  using O = CurlOptions;
  std::vector<Option> table = {
      flag('s', "silent", &O::silent),
      flag('S', "show-error", &O::show_error),
      flag('f', "fail", &O::fail),
      flag(0, "fail-with-body", &O::fail_with_body),
      flag(0, "fail-early", &O::fail_early),
      flag('L', "location", &O::follow),
      flag(0, "location-trusted", &O::trusted_follow),
      flag('k', "insecure", &O::insecure),
      flag('i', "include", &O::include),
      flag('I', "head", &O::head),
      flag('G', "get", &O::get),
      flag('v', "verbose", &O::verbose),
      flag('V', "version", &O::version),
      flag('#', "progress-bar", &O::progress_bar),
      flag(0, "progress-meter", &O::progress_meter),
      flag('J', "remote-header-name", &O::remote_header_name),
      flag(0, "remote-name-all", &O::remote_name_all),
      flag(0, "create-dirs", &O::create_folders),
      flag(0, "retry-connrefused", &O::retry_refused),
      flag(0, "retry-all-errors", &O::retry_all),
      {'O', "remote-name", false, nullptr,
       [](O& o, const std::string&) {
         o.outputs.push_back("\n");
         return true;
       }},
      {'g', "globoff", false, nullptr, [](O& o, const std::string&) { return !(o.glob = false); }},
      list('o', "output", &O::outputs),
      text(0, "output-dir", &O::output_folder),
      text('D', "dump-header", &O::dump_header),
      text('w', "write-out", &O::write_out),
      text('X', "request", &O::method),
      list('H', "header", &O::headers),
      text('A', "user-agent", &O::user_agent),
      text('e', "referer", &O::referer),
      text('u', "user", &O::user),
      text('b', "cookie", &O::cookie),
      text('r', "range", &O::range),
      data('d', "data", CurlData::plain),
      data(0, "data-ascii", CurlData::plain),
      data(0, "data-binary", CurlData::binary),
      data(0, "data-raw", CurlData::raw),
      data(0, "data-urlencode", CurlData::url_encoded),
      data(0, "json", CurlData::json),
      text('T', "upload-file", &O::upload),
      text(0, "cacert", &O::ca_file),
      text(0, "capath", &O::ca_folder),
      text('E', "cert", &O::certificate),
      text(0, "key", &O::key),
      list(0, "resolve", &O::resolves),
      seconds('m', "max-time", &O::max_time_s),
      seconds(0, "connect-timeout", &O::connect_timeout_s),
      number("retry", &O::retries),
      seconds(0, "retry-delay", &O::retry_delay_s),
      seconds(0, "retry-max-time", &O::retry_max_time_s),
      number("max-redirs", &O::max_redirects),
      list(0, "url", &O::urls),
      protocols("proto", &O::protocols),
      protocols("proto-redir", &O::redirect_protocols),
      text(0, "noproxy", &O::no_proxy),
  };
  for (auto [letter, name] :
       {std::pair{'4', "ipv4"}, {'q', "disable"}, {'N', "buffer"}, {'0', "http1.0"}, {'1', "tlsv1"}})
    table.push_back(nothing(letter, name));
  for (const char* name : {"http1.1", "http2", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3", "compressed",
                           "basic", "path-as-is", "tcp-fastopen", "tcp-nodelay", "ssl-no-revoke",
                           "styled-output", "keepalive", "sessionid", "alpn", "npn"})
    table.push_back(nothing(0, name));
  for (const char* name : {"keepalive-time", "expect100-timeout", "happy-eyeballs-timeout-ms"})
    table.push_back(nothing(0, name, true));
  for (const journal::Option& one : named_options(unserved)) {
    Option option = nothing(one.letter, one.name.c_str(), one.argument == journal::Argument::required);
    option.served = false;
    table.push_back(option);
  }
  return table;
}

const std::vector<Option>& option_table() {
  static const std::vector<Option> table = make_table();
  return table;
}

const Option* by_letter(char letter) {
  for (const Option& option : option_table())
    if (option.letter == letter) return &option;
  return nullptr;
}

const Option* by_name(const std::string& name, bool& ambiguous) {
  const Option* found = nullptr;
  int candidates = 0;
  for (const Option& option : option_table()) {
    if (option.name == name) return &option;
    if (!name.empty() && option.name.starts_with(name)) found = &option, ++candidates;
  }
  ambiguous = candidates > 1;
  return candidates == 1 ? found : nullptr;
}

struct Parser {
  const std::vector<std::string>& argv;
  CurlOptions options;
  std::size_t at = 1;
  std::optional<CurlMistake> mistake;

  void fail(const std::string& shown, const std::string& why) {
    mistake = {2, "option " + shown + ": " + why};
  }

  void apply(const Option& option, const std::string& shown, const std::string* attached) {
    if (!option.served) return fail(shown, "is not served by Squall's guests");
    if (option.flag != nullptr) {
      options.*option.flag = true;
      return;
    }
    if (option.takes_value && attached == nullptr && at + 1 >= argv.size())
      return fail(shown, "requires parameter");
    const std::string value = !option.takes_value ? "" : attached != nullptr ? *attached : argv[++at];
    if (!option.apply(options, value)) fail(shown, "expected a proper numerical parameter");
  }
  void take_long(const std::string& word) {
    const bool negated = word.starts_with("--no-");
    bool ambiguous = false;
    const Option* option = by_name(word.substr(negated ? 5 : 2), ambiguous);
    if (option == nullptr) return fail(word, ambiguous ? "is ambiguous" : "is unknown");
    if (!negated) return apply(*option, word, nullptr);
    if (!option->served) return fail(word, "is not served by Squall's guests");
    if (option->takes_value) return fail(word, "used '--no-' for option that isn't a boolean");
    if (option->flag != nullptr) options.*option->flag = false;
  }
  void take_letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size() && !mistake; ++i) {
      const Option* option = by_letter(word[i]);
      if (option == nullptr) return fail(word, "is unknown");
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
  parser.options.follow |= parser.options.trusted_follow;
  if (parser.options.urls.empty() && !parser.options.version) return CurlMistake{2, ""};
  return parser.options;
}

}  // namespace squall::guest

// See wget_options.hpp.
#include "harness/guest/commands/wget_options.hpp"

#include <cstdlib>

#include "harness/guest/commands/command_line.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet wget_set{
    // The second line makes no difference here: how things are shown, names kept, connections reused.
    "q,quiet no-verbose S,server-response O,output-document= P,directory-prefix= t,tries= T,timeout= "
    "spider no-clobber c,continue N,timestamping U,user-agent= referer= header= method= post-data= "
    "post-file= "
    "body-data= body-file= user= password= http-user= http-password= max-redirect= content-on-error "
    "connect-timeout= read-timeout= waitretry= retry-connrefused no-check-certificate ca-certificate= "
    "ca-directory= certificate= private-key= no-proxy "
    "v,verbose progress= show-progress no-directories no-host-directories no-dns-cache dns-timeout= no-cache "
    "no-cookies no-hsts no-netrc no-config no-http-keep-alive no-iri no-glob 4,inet4-only "
    "no-use-server-timestamps auth-no-challenge report-speed= no-parent prefer-family= "
    "https-only secure-protocol= o,output-file= a,append-output=",
    "V,version h,help b,background e,execute= d,debug i,input-file= "
    "F,force-html B,base= config= rejected-log= retry-on-http-error= start-pos= no-if-modified-since w,wait= "
    "random-wait Q,quota= bind-address= limit-rate= restrict-file-names= ignore-case 6,inet6-only "
    "ask-password use-askpass= local-encoding= remote-encoding= unlink xattr x,force-directories "
    "protocol-directories cut-dirs= default-page= E,adjust-extension ignore-length compression= proxy-user= "
    "proxy-password= save-headers load-cookies= save-cookies= keep-session-cookies content-disposition "
    "certificate-type= private-key-type= crl-file= pinnedpubkey= ciphers= "
    "hsts-file= ftp-user= ftp-password= no-remove-listing no-passive-ftp preserve-permissions retr-symlinks "
    "ftps-implicit ftps-resume-ssl ftps-clear-data-connection ftps-fallback-to-ftp warc-file= warc-header= "
    "warc-max-size= warc-cdx warc-dedup= no-warc-compression no-warc-digests no-warc-keep-log warc-tempdir= "
    "r,recursive l,level= delete-after k,convert-links convert-file-only backups= K,backup-converted "
    "m,mirror "
    "p,page-requisites strict-comments A,accept= R,reject= accept-regex= reject-regex= regex-type= "
    "D,domains= "
    "exclude-domains= follow-ftp follow-tags= ignore-tags= H,span-hosts L,relative I,include-directories= "
    "trust-server-names X,exclude-directories="};

constexpr char usage[] = "Usage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n";

// "-nv", "-nc", "-nd": n and a letter are one option, and others may follow or go before.
Words spelt_out(const Words& argv) {
  static constexpr std::pair<char, const char*> two_letters[] = {{'v', "--no-verbose"},
                                                                 {'c', "--no-clobber"},
                                                                 {'d', "--no-directories"},
                                                                 {'H', "--no-host-directories"},
                                                                 {'p', "--no-parent"}};
  Words words{argv[0]};
  for (std::size_t i = 1; i < argv.size(); ++i) {
    std::string word = argv[i];
    const bool letters = word.size() > 2 && word[0] == '-' && word[1] != '-';
    const std::size_t n = letters ? word.find('n') : std::string::npos;
    const bool after_flags = n != std::string::npos && word.find_first_not_of("-qcNSv") == n;
    for (auto [letter, name] : two_letters)
      if (after_flags && n + 1 < word.size() && word[n + 1] == letter) {
        words.emplace_back(name);
        word.erase(n, 2);
        break;
      }
    if (word.size() > 1 || argv[i].size() < 2) words.push_back(std::move(word));
  }
  return words;
}

// A number of seconds, or with the suffixes m, h, d; 0 is for ever.
double seconds_of(const std::string& text) {
  char* end = nullptr;
  double value = std::strtod(text.c_str(), &end);
  const char unit = *end;
  value *= unit == 'm' ? 60 : unit == 'h' ? 3600 : unit == 'd' ? 86400 : 1;
  return value > 0 ? value : 100.0 * 365 * 86400;
}

void take(WgetOptions& options, const std::string& name, const std::string& value) {
  static const std::pair<const char*, std::string WgetOptions::*> texts[] = {
      {"output-document", &WgetOptions::output}, {"directory-prefix", &WgetOptions::folder},
      {"user-agent", &WgetOptions::user_agent},  {"referer", &WgetOptions::referer},
      {"method", &WgetOptions::method},          {"post-data", &WgetOptions::body},
      {"body-data", &WgetOptions::body},         {"post-file", &WgetOptions::body_file},
      {"body-file", &WgetOptions::body_file},    {"ca-certificate", &WgetOptions::ca_file},
      {"ca-directory", &WgetOptions::ca_folder}, {"certificate", &WgetOptions::certificate},
      {"private-key", &WgetOptions::key},        {"user", &WgetOptions::user},
      {"http-user", &WgetOptions::user},         {"password", &WgetOptions::password},
      {"http-password", &WgetOptions::password}};
  static const std::pair<const char*, bool WgetOptions::*> flags[] = {
      {"quiet", &WgetOptions::quiet},
      {"no-verbose", &WgetOptions::brief},
      {"no-check-certificate", &WgetOptions::insecure},
      {"server-response", &WgetOptions::server_response},
      {"spider", &WgetOptions::spider},
      {"no-clobber", &WgetOptions::keep},
      {"continue", &WgetOptions::resume},
      {"timestamping", &WgetOptions::timestamps},
      {"content-on-error", &WgetOptions::content_on_error},
      {"retry-connrefused", &WgetOptions::retry_refused}};
  for (auto [known, member] : texts)
    if (name == known) options.*member = value;
  for (auto [known, member] : flags)
    if (name == known) options.*member = true;
  if (name == "header") options.headers.push_back(value);
  if (name == "output-file" || name == "append-output") {
    options.log = value;
    options.new_log = name == "output-file";
  }
  if (name == "no-proxy") options.use_proxy = false;
  if (name == "tries") options.tries = value == "inf" ? 0 : std::max(std::atoi(value.c_str()), 0);
  if (name == "max-redirect") options.max_redirects = std::atoi(value.c_str());
  if (name == "waitretry") options.longest_wait_s = std::atof(value.c_str());
  if (name == "timeout" || name == "connect-timeout" || name == "read-timeout")
    options.timeout_s = seconds_of(value);
  const bool posts = name == "post-data" || name == "post-file";
  if (posts) options.method = "POST";
  options.has_body |= posts || name == "body-data" || name == "body-file";
}

}  // namespace

WgetMistake parse_wget(const Words& argv, WgetOptions& options) {
  const CommandLine line = read_command_line(spelt_out(argv), wget_set, usage);
  if (!line.complaint.empty()) return {2, line.complaint};
  for (const auto& [name, value] : line.options) {
    if (name == "header" && value.find(':') == std::string::npos && !value.empty())
      return {2, "wget: --header: Invalid header \xe2\x80\x98" + value + "\xe2\x80\x99.\n"};
    take(options, name, value);
  }
  options.urls = line.operands;
  if (options.urls.empty()) return {1, std::string("wget: missing URL\n") + usage};
  if (!options.output.empty()) options.timestamps = false;  // as wget itself warns
  return {};
}

}  // namespace squall::guest

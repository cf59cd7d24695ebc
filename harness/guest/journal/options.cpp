#include "harness/guest/journal/options.hpp"

#include <algorithm>

namespace squall::guest::journal {
namespace {

struct Cursor {
  const std::string& program;
  const std::vector<Option>& table;
  const std::vector<std::string>& arguments;
  std::size_t at = 0;
  ParsedOptions result;

  bool take_long(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    std::vector<const Option*> candidates;
    for (const Option& option : table) {
      if (option.name.empty() || !option.name.starts_with(name)) continue;
      if (option.name == name) {
        candidates = {&option};
        break;
      }
      candidates.push_back(&option);
    }
    if (candidates.empty()) return fail("unrecognized option '--" + name + "'", "--" + name);
    if (candidates.size() > 1) {
      std::string possibilities;
      for (const Option* option : candidates) possibilities += " '--" + option->name + "'";
      return fail("option '--" + name + "' is ambiguous; possibilities:" + possibilities);
    }
    const Option& option = *candidates.front();
    std::string value = equals == std::string::npos ? std::string() : word.substr(equals + 1);
    if (option.argument == Argument::none && equals != std::string::npos)
      return fail("option '--" + option.name + "' doesn't allow an argument");
    if (option.argument == Argument::required && equals == std::string::npos) {
      if (at >= arguments.size()) return fail("option '--" + option.name + "' requires an argument");
      value = arguments[at++];
    }
    result.options.emplace_back(option.name, value);
    return true;
  }

  bool take_short(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      auto option =
          std::find_if(table.begin(), table.end(), [&](const Option& o) { return o.letter == word[i]; });
      if (option == table.end())
        return fail(std::string("invalid option -- '") + word[i] + "'", {'-', word[i]});
      const std::string name = option->name.empty() ? std::string(1, option->letter) : option->name;
      if (option->argument == Argument::none) {
        result.options.emplace_back(name, "");
        continue;
      }
      std::string value = word.substr(i + 1);
      if (value.empty() && option->argument == Argument::required) {
        if (at >= arguments.size())
          return fail(std::string("option requires an argument -- '") + word[i] + "'");
        value = arguments[at++];
      }
      result.options.emplace_back(name, value);
      return true;
    }
    return true;
  }

  bool fail(const std::string& text, const std::string& unknown = {}) {
    result.error = program + ": " + text;
    result.unknown = unknown;
    return false;
  }
};

}  // namespace

ParsedOptions parse_options(const std::string& program, const std::vector<Option>& table,
                            const std::vector<std::string>& arguments) {
  Cursor cursor{program, table, arguments, 0, {}};
  while (cursor.at < arguments.size()) {
    const std::string& word = arguments[cursor.at++];
    if (word == "--") {
      cursor.result.rest.insert(cursor.result.rest.end(),
                                arguments.begin() + static_cast<std::ptrdiff_t>(cursor.at), arguments.end());
      break;
    }
    const bool good = word.starts_with("--")                   ? cursor.take_long(word)
                      : word.size() > 1 && word.front() == '-' ? cursor.take_short(word)
                                                               : (cursor.result.rest.push_back(word), true);
    if (!good) break;
  }
  return std::move(cursor.result);
}

const char* const systemd_version =
    "systemd 252 (252.39-1~deb12u2)\n"
    "+PAM +AUDIT +SELINUX +APPARMOR +IMA +SMACK +SECCOMP +GCRYPT -GNUTLS +OPENSSL +ACL +BLKID +CURL "
    "+ELFUTILS +FIDO2 "
    "+IDN2 -IDN +IPTC +KMOD +LIBCRYPTSETUP +LIBFDISK +PCRE2 -PWQUALITY +P11KIT +QRENCODE +TPM2 +BZIP2 +LZ4 "
    "+XZ +ZLIB "
    "+ZSTD -BPF_FRAMEWORK -XKBCOMMON +UTMP +SYSVINIT default-hierarchy=unified\n";

}  // namespace squall::guest::journal

// gpg(1) of GnuPG 2.2 as far as scripts use it: keys are fetched, kept, listed and turned into binary,
// detached signatures are checked.
#include <algorithm>

#include "harness/guest/commands/command_line.hpp"
#include "harness/guest/commands/commands.hpp"
#include "harness/guest/commands/openpgp.hpp"
#include "harness/guest/commands/package_tools.hpp"
#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr OptionSet options{
    "dearmor import verify fingerprint k,list-keys list-public-keys import-ownertrust recv-keys receive-keys "
    "recv-key "
    "show-keys with-fingerprint o,output= keyring= homedir= keyserver= keyserver-options= trust-model= "
    "status-fd= "
    "no-default-keyring batch yes no no-tty q,quiet v,verbose a,armor armour no-permission-warning "
    "no-auto-check-trustdb ignore-time-conflict",
    "*"};

class Gpg {
 public:
  Gpg(program::Context& context, CommandLine words) : context_(context), words_(std::move(words)) {}

  world::Task<int> run() {
    if (words_.has("verify")) co_return verify();
    if (words_.has("recv-keys") || words_.has("recv-key") || words_.has("receive-keys"))
      co_return co_await receive();
    if (words_.has("list-keys") || words_.has("list-public-keys") || words_.has("fingerprint"))
      co_return list();
    if (words_.has("import-ownertrust")) {
      co_await input();  // whom one trusts makes no difference here
      co_return 0;
    }
    if (words_.has("import")) co_return co_await import();
    if (words_.has("dearmor")) co_return co_await dearmor();
    if (words_.has("show-keys")) co_return co_await show_keys();
    refuse(context_, "this use of gpg");
    co_return 2;
  }

 private:
  int fail(const std::string& text, int status = 2) {
    context_.err("gpg: " + text + "\n");
    return status;
  }

  std::string home() const {
    const std::string own = context_.env("GNUPGHOME", context_.env("HOME", "/root") + "/.gnupg");
    return words_.has("homedir") ? context_.resolve(words_.value("homedir")) : own;
  }
  // A keyring's name without a slash is one in the home directory.
  std::string ring() const {
    const std::string named = words_.value("keyring");
    if (named.empty()) return home() + "/pubring.kbx";
    if (named.starts_with("gnupg-ring:")) return context_.resolve(named.substr(11));
    return named.find('/') == std::string::npos ? home() + "/" + named : context_.resolve(named);
  }
  std::string kept() const { return context_.disk().read(ring()).value_or(""); }

  world::Task<std::string> input() {
    const bool typed = words_.operands.empty() || words_.operands[0] == "-";
    if (typed) co_return co_await context_.read_input();
    co_return context_.disk().read(context_.resolve(words_.operands[0])).value_or("");
  }

  int keep(const std::string& bytes) {
    const std::string before = kept();
    if (before.empty()) context_.err("gpg: keybox '" + ring() + "' created\n");
    const std::vector<const PublicKey*> old = keys_in(before);
    int imported = 0, unchanged = 0;
    for (const PublicKey* key : keys_in(bytes)) {
      const bool known = std::find(old.begin(), old.end(), key) != old.end();
      ++(known ? unchanged : imported);
      const std::string name = "key " + std::string(key->fingerprint.substr(24)) + ": ";
      context_.err("gpg: " + name + (known ? "" : "public key ") + "\"" + std::string(key->user_id) + "\" " +
                   (known ? "not changed\n" : "imported\n"));
    }
    // A key of the user's own is kept too, without a name that is known here.
    if (imported + unchanged == 0) imported = 1;
    context_.err("gpg: Total number processed: " + std::to_string(imported + unchanged) + "\n");
    if (imported > 0) context_.err("gpg:               imported: " + std::to_string(imported) + "\n");
    if (unchanged > 0) context_.err("gpg:              unchanged: " + std::to_string(unchanged) + "\n");
    const std::string file = ring();
    context_.disk().make_directories(file.substr(0, file.find_last_of('/')), 0700);
    if (imported > 0) context_.disk().write(file, before + bytes, 0600);
    return 0;
  }

  world::Task<int> import() {
    for (const std::string& file : words_.operands)
      if (file != "-" && !context_.disk().exists(context_.resolve(file)))
        co_return fail("can't open '" + file +
                       "': No such file or directory\ngpg: Total number processed: 0");
    const std::string text = co_await input();
    const std::string bytes = dearmored(text).value_or(text);
    if (bytes.empty() || (keys_in(bytes).empty() && !dearmored(text)))
      co_return fail("no valid OpenPGP data found.\ngpg: Total number processed: 0");
    co_return keep(bytes);
  }

  world::Task<int> receive() {
    for (const std::string& id : words_.operands) {
      std::string server = words_.value("keyserver"), wanted = id;
      const std::optional<std::string> key =
          co_await receive_key(context_, std::move(server), std::move(wanted));
      if (!key) co_return fail("keyserver receive failed: No data");
      keep(*key);
    }
    co_return 0;
  }

  // "C874 011F 0AB4 0511 0D02  1055 3436 5D94 72D7 468F"
  static std::string spaced(std::string_view fingerprint) {
    std::string text;
    for (std::size_t i = 0; i < fingerprint.size(); i += 4)
      text += (i == 0 ? "" : i == 20 ? "  " : " ") + std::string(fingerprint.substr(i, 4));
    return text;
  }

  std::string described(const PublicKey& key) const {
    const bool spaces = words_.has("fingerprint") || words_.has("with-fingerprint");
    return "pub   rsa4096 2020-01-01 [SC]\n      " +
           (spaces ? spaced(key.fingerprint) : std::string(key.fingerprint)) + "\nuid           [ unknown] " +
           std::string(key.user_id) + "\n\n";
  }

  int list() {
    std::string shown;
    std::vector<const PublicKey*> keys = keys_in(kept());
    if (!words_.operands.empty()) {
      const std::string& wanted = words_.operands[0];
      std::erase_if(keys, [&](const PublicKey* key) {
        return find_key(wanted) != key && key->user_id.find(wanted) == std::string_view::npos;
      });
      if (keys.empty()) return fail("error reading key: No public key");
    }
    for (const PublicKey* key : keys) shown += described(*key);
    if (shown.empty()) return 0;
    const std::string file = ring();
    context_.out((words_.operands.empty() ? file + "\n" + std::string(file.size(), '-') + "\n" : "") + shown);
    return 0;
  }

  world::Task<int> show_keys() {
    const std::string text = co_await input();
    const std::vector<const PublicKey*> keys = keys_in(text);
    if (keys.empty()) co_return fail("no valid OpenPGP data found.");
    for (const PublicKey* key : keys) context_.out(described(*key));
    co_return 0;
  }

  world::Task<int> dearmor() {
    const std::string text = co_await input();
    const std::optional<std::string> key = dearmored(text);
    const std::string output = words_.value("output");
    if (!key) co_return fail("no valid OpenPGP data found.");
    if (output.empty() || output == "-") {
      context_.out(*key);
      co_return 0;
    }
    const std::string path = context_.resolve(output);
    // Whoever runs the script again meets the file, and is asked on a terminal that there is none of.
    if (context_.disk().exists(path) && !words_.has("yes"))
      co_return fail(words_.has("batch") ? "dearmoring failed: File exists"
                                         : "cannot open '/dev/tty': No such device or address");
    context_.disk().write(path, *key, 0644);
    co_return 0;
  }

  int verify() {
    const Words& files = words_.operands;
    const std::string signature_file = files.empty() ? "" : files[0];
    const std::string suffix =
        signature_file.substr(std::min(signature_file.find_last_of('.'), signature_file.size()));
    std::string signed_file = files.size() > 1 ? files[1] : "";
    if (files.size() == 1 && (suffix == ".sig" || suffix == ".asc")) {
      signed_file = signature_file.substr(0, signature_file.size() - suffix.size());
      context_.err("gpg: assuming signed data in '" + signed_file + "'\n");
    }
    for (const std::string& file : {signature_file, signed_file})
      if (!context_.disk().exists(context_.resolve(file)))
        return fail("can't open '" + file +
                    "': No such file or directory\ngpg: verify signatures failed: "
                    "No such file or directory");
    const auto signature =
        read_signature(context_.disk().read(context_.resolve(signature_file)).value_or(""));
    if (!signature)
      return fail(
          "no valid OpenPGP data found.\ngpg: the signature could not be verified.\nPlease remember that "
          "the signature file (.sig or .asc)\nshould be the first file given on the command line.");
    const PublicKey& key = *signature->key;
    context_.err("gpg:                using RSA key " + std::string(key.fingerprint) + "\n");
    const std::vector<const PublicKey*> known = keys_in(kept());
    if (std::find(known.begin(), known.end(), &key) == known.end())
      return fail("Can't check signature: No public key");
    const std::string name = "\"" + std::string(key.user_id) + "\" [unknown]";
    if (!signature->is_of(context_.disk().read(context_.resolve(signed_file)).value_or("")))
      return fail("BAD signature from " + name, 1);
    fail("Good signature from " + name +
         "\ngpg: WARNING: This key is not certified with a trusted signature!\ngpg:          There is no "
         "indication "
         "that the signature belongs to the owner.\nPrimary key fingerprint: " +
         spaced(key.fingerprint));
    return 0;
  }

  program::Context& context_;
  CommandLine words_;
};

world::Task<int> gpg(Guest&, program::Context& context) {
  CommandLine words = read_command_line(context.invocation().argv, options);
  if (complains(context, words)) co_return 2;
  Gpg command(context, std::move(words));
  co_return co_await command.run();
}

}  // namespace

std::map<std::string, program::Program> gpg_commands(Guest& guest) { return {{"gpg", bind(guest, gpg)}}; }

}  // namespace squall::guest

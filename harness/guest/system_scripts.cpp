// See system_scripts.hpp. Follows the manual pages of amazon-ec2-utils (ec2-metadata), cloud-utils
// (ec2metadata), amazon-linux-extras, chkconfig and update-rc.d.
#include "harness/guest/system_scripts.hpp"

#include <sys/stat.h>

#include <fstream>
#include <string>

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

// Asks the metadata service with a token, as the current versions of both do.
constexpr char ask[] =
    "#!/bin/bash\n"
    "base=http://169.254.169.254/latest\n"
    "token=$(curl -s -f -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 600' $base/api/token)\n"
    "ask() { curl -s -f -H \"X-aws-ec2-metadata-token: $token\" \"$base/$1\"; }\n";

// "instance-id: i-0123456789abcdef0"; "not available" where there is none.
constexpr char amazon_metadata[] =
    "quiet=\n"
    "tell() {\n"
    "  local value\n"
    "  value=$(ask \"meta-data/$2\") || value='not available'\n"
    "  if [ -n \"$quiet\" ]; then echo \"$value\"; else echo \"$1: $value\"; fi\n"
    "}\n"
    "[ $# -gt 0 ] || set -- --all\n"
    "for word; do [ \"$word\" = -q ] || [ \"$word\" = --quiet ] && quiet=yes; done\n"
    "while [ $# -gt 0 ]; do\n"
    "  case $1 in\n"
    "    -q|--quiet) ;;\n"
    "    -a|--ami-id) tell ami-id ami-id ;;\n"
    "    -l|--ami-launch-index) tell ami-launch-index ami-launch-index ;;\n"
    "    -i|--instance-id) tell instance-id instance-id ;;\n"
    "    -t|--instance-type) tell instance-type instance-type ;;\n"
    "    -h|--local-hostname) tell local-hostname local-hostname ;;\n"
    "    -o|--local-ipv4) tell local-ipv4 local-ipv4 ;;\n"
    "    -z|--availability-zone) tell placement placement/availability-zone ;;\n"
    "    -R|--region) tell region placement/region ;;\n"
    "    -p|--public-hostname) tell public-hostname public-hostname ;;\n"
    "    -v|--public-ipv4) tell public-ipv4 public-ipv4 ;;\n"
    "    -e|--reservation-id) tell reservation-id reservation-id ;;\n"
    "    -s|--security-groups) tell security-groups security-groups ;;\n"
    "    -d|--user-data) echo \"user-data: $(ask user-data || echo 'not available')\" ;;\n"
    "    --all) for one in ami-id ami-launch-index instance-id instance-type local-hostname local-ipv4; do\n"
    "        tell $one $one; done\n"
    "      tell placement placement/availability-zone\n"
    "      for one in public-hostname public-ipv4 reservation-id security-groups; do tell $one $one; done "
    ";;\n"
    "    *) echo \"ec2-metadata: $1 is not served by Squall's guests\" >&2; exit 1 ;;\n"
    "  esac\n"
    "  shift\n"
    "done\n";

// The bare value; "unavailable" where there is none.
constexpr char ubuntu_metadata[] =
    "tell() { ask \"meta-data/$1\" && echo || echo unavailable; }\n"
    "for word; do\n"
    "  case $word in\n"
    "    --availability-zone) tell placement/availability-zone ;;\n"
    "    --ami-id|--instance-id|--instance-type|--local-hostname|--local-ipv4|--public-hostname|\\\n"
    "      --public-ipv4|--reservation-id|--security-groups|--mac|--ami-launch-index) tell \"${word#--}\" "
    ";;\n"
    "    --user-data) ask user-data ;;\n"
    "    *) echo \"ec2metadata: $word is not served by Squall's guests\" >&2; exit 1 ;;\n"
    "  esac\n"
    "done\n";

constexpr char extras[] =
    "#!/bin/bash\n"
    "verb=$1; shift\n"
    "topics=()\n"
    "for word; do case $word in\n"
    "  -y|--assumeyes) ;;\n"
    "  -*) echo \"amazon-linux-extras: $word is not served by Squall's guests\" >&2; exit 1 ;;\n"
    "  *) topics+=(\"${word%%=*}\") ;; esac; done\n"
    "case $verb in\n"
    "  install) exec yum install -y \"${topics[@]/#epel/epel-release}\" ;;\n"
    "  enable) for topic in \"${topics[@]}\"; do\n"
    "    printf '\\nNow you can install:\\n # yum clean metadata\\n # yum install %s\\n' \"$topic\"; done "
    ";;\n"
    "  disable) ;;\n"
    "  *) echo \"amazon-linux-extras: $verb is not served by Squall's guests\" >&2; exit 1 ;;\n"
    "esac\n";

void put_red_hat(const fs::path& root, System system) {
  // One command there; Debian's is a program of its own.
  fs::create_directories(root / "usr/sbin");
  fs::create_symlink("useradd", root / "usr/sbin/adduser");
  put_script(
      root, "usr/sbin/chkconfig",
      "#!/bin/sh\n[ \"$1\" != --level ] || shift 2\ncase $1 in -*|'') echo \"chkconfig: ${1:-a list} is not "
      "served by Squall's guests\" >&2; exit 1 ;; esac\ncase $2 in\n  on) exec systemctl enable \"$1\" ;;\n  "
      "off) exec systemctl disable \"$1\" ;;\n  '') exec systemctl is-enabled --quiet \"$1\" ;;\n"
      "  *) echo \"chkconfig: $2 is not served by Squall's guests\" >&2; exit 1 ;;\nesac\n");
  if (system == System::red_hat) return;
  put_script(root, "usr/bin/ec2-metadata", std::string(ask) + amazon_metadata);
  fs::create_directories(root / "opt/aws/bin");
  fs::create_symlink("/usr/bin/ec2-metadata", root / "opt/aws/bin/ec2-metadata");
  if (system == System::amazon_linux_2) put_script(root, "usr/bin/amazon-linux-extras", extras);
}

}  // namespace

void put_script(const fs::path& root, const std::string& place, const std::string& text) {
  fs::path path = root / place;
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
  ::chmod(path.c_str(), 0755);
}

void write_system_scripts(const fs::path& root, System system) {
  write_image_scripts(root, system);
  // What a disk holds is known at once.
  put_script(root, "usr/sbin/partprobe", "#!/bin/sh\n");
  put_script(root, "usr/bin/udevadm",
             "#!/bin/sh\ncase $1 in settle|trigger|control) ;; *) echo \"udevadm: $1 is not served by "
             "Squall's guests\" >&2; exit 1 ;; esac\n");
  put_script(
      root, "usr/bin/systemd-detect-virt",
      "#!/bin/sh\ncase $1 in\n  ''|-v|--vm) echo amazon ;;\n  -q|--quiet|-qv|-vq) ;;\n"
      "  -c|--container) echo none; exit 1 ;;\n  *) echo \"systemd-detect-virt: $1 is not served by Squall's "
      "guests\" >&2; exit 1 ;;\nesac\n");
  put_script(root, "usr/bin/localectl",
             std::string("#!/bin/sh\ncase $1 in\n  set-locale) shift; printf '%s\\n' \"$@\" >") +
                 (has_apt(system) ? "/etc/default/locale" : "/etc/locale.conf") +
                 " ;;\n  *) echo \"localectl: $1 is not served by Squall's guests\" >&2; exit 1 ;;\nesac\n");
  put_script(root, "usr/bin/uuidgen",
             "#!/bin/sh\ncase $1 in ''|-r|--random) exec cat /proc/sys/kernel/random/uuid ;; esac\n"
             "echo \"uuidgen: $1 is not served by Squall's guests\" >&2\nexit 1\n");
  if (!has_apt(system)) return put_red_hat(root, system);
  // As adduser calls it; the rest of a person's entry is not kept.
  put_script(root, "usr/bin/chfn",
             "#!/bin/sh\nname=\nwhile [ $# -gt 1 ]; do\n  case $1 in -f) name=$2 ;; esac\n  shift 2\ndone\n"
             "exec usermod -c \"$name\" \"$1\"\n");
  put_script(
      root, "usr/sbin/update-rc.d",
      "#!/bin/sh\n[ \"$1\" != -f ] || shift\ncase $2 in\n  defaults|enable) exec systemctl enable \"$1\" ;;\n"
      "  disable|remove|defaults-disabled) exec systemctl disable \"$1\" ;;\n"
      "  *) echo 'usage: update-rc.d <basename> defaults|enable|disable|remove' >&2; exit 1 ;;\nesac\n");
  // "LANG=x" sets, "LANG" takes away, and the others stay.
  put_script(
      root, "usr/sbin/update-locale",
      "#!/bin/sh\nfile=/etc/default/locale\ntouch $file || exit 1\nfor word; do\n  case $word in\n"
      "    --reset) : >$file; continue ;;\n    --no-checks) continue ;;\n"
      "    -*) echo \"update-locale: $word is not served by Squall's guests\" >&2; exit 1 ;;\n  esac\n"
      "  sed -i \"/^${word%%=*}=/d\" $file\n  case $word in *=*) echo \"$word\" >>$file ;; esac\ndone\n");
  if (is_ubuntu(system)) put_script(root, "usr/bin/ec2metadata", std::string(ask) + ubuntu_metadata);
}

}  // namespace squall::guest

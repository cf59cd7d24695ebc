// Options of the guest's own commands: what each changes, what is refused by name, and what the real command
// says of an option that it has not (each text as the Debian 12 tool prints it).
#include <gmock/gmock.h>

#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

http::Response page(int status, std::string body) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  response.headers.set("Content-Type", "text/plain");
  return response;
}

// Each line of `table` is "COMMAND => EXIT CODE [TEXT]": the text is found in what the command writes.
void expect_each(GuestWorld& world, std::initializer_list<std::pair<const char*, const char*>> table) {
  for (const auto& [command, expected] : table) {
    const auto result = world.run(command);
    const std::string got =
        std::to_string(result.exit_code) + " " + result.standard_output + result.standard_error;
    const std::string_view wanted = expected;
    const std::string_view code = wanted.substr(0, wanted.find(' ') + 1);
    EXPECT_TRUE(got.starts_with(code)) << command << "\n" << got;
    EXPECT_THAT(got, HasSubstr(wanted.substr(code.size()))) << command;
  }
}

void serve_pages(GuestWorld& world) {
  world.network.addresses["pages"] = "10.0.0.80";
  world.network.hosts["pages:80"] = [](const world::Call& call) -> world::Reply {
    const std::string& target = call.request.target;
    if (target == "/none") return page(404, "");
    http::Response answer = page(target == "/away" || target == "/up" ? 302 : 200,
                                 call.request.method + " " + target + " " + call.request.body);
    if (target == "/away") answer.headers.set("Location", "http://other/");
    if (target == "/up") answer.headers.set("Location", "https://pages/");
    answer.headers.set("Content-Disposition", "attachment; filename=\"named.zip\"");
    return answer;
  };
  for (const char* place : {"other:80", "pages:443"})
    world.network.hosts[place] = [](const world::Call& call) -> world::Reply {
      return page(200, "[" + std::string(call.request.headers.get("Authorization")) + "]");
    };
}

TEST(Options, Curl) {
  GuestWorld world;
  serve_pages(world);
  expect_each(
      world,
      {{"curl -sX PUT -d a -o /dev/null -w '%{method} %{size_upload} %{remote_ip} %header{content-type}' "
        "pages/x",
        "0 PUT 1 10.0.0.80 text/plain"},
       {"curl -s -w '%{frob}' -o /dev/null pages", "0 curl: unknown --write-out variable: 'frob'\n"},
       {"curl -s -w '%{json}' -o /dev/null pages", "0 'json' is not served by Squall's guests\n"},
       {"curl -s -w '%{stderr}%{http_code}' -o /dev/null pages 2>&1 >/dev/null", "0 200"},
       {"curl -s -w '%{onerror}bad' -o /dev/null pages | wc -c", "0 0"},
       {"cd /tmp && curl -sOJL pages/x && cat named.zip", "0 GET /x"},
       {"cd /tmp && echo 'X-A: 1' >h && curl -sv -H @h pages/y 2>&1 | grep -F '> X-A: 1'", "0 > X-A: 1"},
       {"curl -v pages/y 2>&1 | grep '^< HTTP'", "0 < HTTP/1.1 200 OK"},
       {"curl -sT /tmp/h pages/in/", "0 PUT /in/h X-A: 1"},
       {"curl -sLu a:b pages/away", "0 []"},
       {"curl -sLu a:b --location-trusted pages/away", "0 [Basic YTpi]"},
       {"curl -sS --proto =https pages", "1 (1) Protocol \"http\" not supported or disabled in libcurl"},
       {"curl -sSL --proto-redir =http pages/up", "1 (1) Protocol \"https\" not supported"},
       {"curl -sL --max-redirs -1 pages/away", "0 []"},
       {"curl -s --no-silent -o /dev/null pages", "0 % Total"},
       {"curl --no-progress-meter -o /dev/null pages", "0 "},
       {"curl -s --fail-early -f pages/none pages/a", "22 "},
       {"curl --retry x pages", "2 option --retry: expected a proper numerical parameter"},
       {"curl --da x pages", "2 option --da: is ambiguous"},
       {"curl --no-output x", "2 option --no-output: used '--no-' for option that isn't a boolean"},
       {"curl --frob pages", "2 option --frob: is unknown"},
       {"curl -s --tls-max 1.2 pages", "2 option --tls-max: is not served by Squall's guests"},
       {"curl -6 pages", "2 option -6: is not served by Squall's guests"},
       {"curl -sS 'pages/{a,b}'", "3 are not served by Squall's guests: pages/{a,b}"},
       {"curl -sg 'pages/{a,b}'", "0 GET /{a,b}"},
       {"curl -sSb /tmp/jar pages", "26 (-b /tmp/jar) is not served by Squall's guests"},
       {"http_proxy=http://p:3128 curl -sS pages", "5 http://p:3128 of http_proxy is not served by Squall"},
       {"http_proxy=http://p:3128 no_proxy=10.0.0.1,pages curl -s pages", "0 GET /"},
       {"http_proxy=http://p:3128 curl -s --noproxy '*' pages", "0 GET /"}});
}

TEST(Options, Wget) {
  GuestWorld world;
  serve_pages(world);
  expect_each(
      world,
      {{"cd /tmp; wget -q pages/a; wget -q pages/a; ls a*", "0 a\na.1\n"},
       {"cd /tmp; wget -nc pages/a",
        "0 File \xe2\x80\x98"
        "a\xe2\x80\x99 already there; not retrieving.\n"},
       {"cd /tmp; wget -q -c pages/a", "1 -c of a file that is there (a) is not served by Squall"},
       {"cd /tmp; wget -q -N pages/a", "1 -N of a file that is there (a) is not served by Squall"},
       {"cd /tmp; wget -nv pages/b", "0 URL:http://pages/b [7/7] -> \"b\" [1]\n"},
       {"wget -nv pages/none", "8 http://pages/none:\n"},
       {"wget -qSO /dev/null pages", "0   HTTP/1.1 200 OK\n  Content-Type: text/plain\n"},
       {"wget --spider pages", "0 Remote file exists.\n"},
       {"wget -q --spider pages/none", "8 "},
       {"wget -o /tmp/log -O /dev/null pages; grep -c 'awaiting response... 200' /tmp/log", "0 1\n"},
       {"wget -o /dev/null -O /dev/null --https-only pages 2>&1 | wc -c", "0 0\n"},
       {"echo b >/tmp/f; wget -qO- --post-file=/tmp/f pages", "0 POST / b\n"},
       {"wget --header=x pages", "2 wget: --header: Invalid header"},
       {"wget -q --frob pages", "2 wget: unrecognized option '--frob'\nUsage: wget [OPTION]... [URL]..."},
       {"wget -qr pages", "2 wget: --recursive is not served by Squall's guests\n"},
       {"http_proxy=http://p:1 wget -q pages", "4 http://p:1 of http_proxy is not served by Squall"},
       {"http_proxy=http://p:1 wget -qO- --no-proxy pages", "0 GET /"}});
}

void give_volumes(GuestWorld& world) {
  world.machine.volumes = {{"vol-0aa", "/dev/xvda", 8, true},
                           {"vol-0bb", "/dev/sdf", 20, false},
                           {"vol-0cc", "/dev/sdg", 30, false}};
}

TEST(Options, Mkfs) {
  constexpr char uuid[] = "11111111-2222-3333-4444-555555555555";
  GuestWorld world;
  give_volumes(world);
  const std::string with_uuid = std::string("mkfs.ext4 -q -U ") + uuid + " /dev/sdf; blkid -s UUID -o value";
  const std::string with_crc =
      std::string("mkfs.xfs -qf -m crc=1,uuid=") + uuid + " /dev/sdg; blkid -sUUID -ovalue";
  expect_each(
      world,
      {{"mkfs.ext4 -n /dev/sdf; blkid /dev/sdf", "2 Creating filesystem with 5242880 4k blocks"},
       {"mkfs.xfs -N /dev/sdf; blkid /dev/sdf", "2 meta-data="},
       {"mkfs.xfs -K /dev/sdg && blkid -o value -s TYPE /dev/sdg", "0 xfs\n"},
       {with_uuid.c_str(), "0 11111111-2222-3333-4444-555555555555\n"},
       {with_crc.c_str(), "0 11111111-2222-3333-4444-555555555555\n"},
       {"mkfs -t ext3 -L logs /dev/sdf 2>/dev/null >&2; blkid /dev/sdf", "0 LABEL=\"logs\""},
       {"mkfs.ext4", "1 Usage: mkfs.ext4 [-c|-l filename]"},
       {"mkfs.ext4 -Z /dev/sdf", "1 mkfs.ext4: invalid option -- 'Z'\nUsage: mkfs.ext4"},
       {"mkfs.ext4 -d /root /dev/sdf", "1 mkfs.ext4: -d is not served by Squall's guests\n"},
       {"mkfs.ext4 /dev/sdf 1000", "1 a size (1000) is not served by Squall's guests\n"},
       {"mkfs -t btrfs /dev/sdf", "1 mkfs: the type btrfs is not served by Squall's guests\n"},
       {"mkfs -t frob /dev/sdf", "1 mkfs: failed to execute mkfs.frob: No such file or directory\n"},
       {"sudo -u nobody mkfs.ext4 /dev/sdf", "1 mkfs.ext4: Permission denied while trying to determine"}});
}

TEST(Options, LsblkAndBlkid) {
  GuestWorld world;
  give_volumes(world);
  expect_each(
      world,
      {{"lsblk --json -o NAME,SIZE,FSTYPE,RO /dev/sdf",
        "0 {\n   \"blockdevices\": [\n      {\n         \"name\": \"nvme1n1\",\n         \"size\": \"20G\",\n"
        "         \"fstype\": null,\n         \"ro\": false\n      }\n   ]\n}\n"},
       {"lsblk -J | jq -r '.blockdevices[].mountpoints[]' 2>/dev/null || lsblk -J | grep -c name", "0 3"},
       {"lsblk -bdno SIZE /dev/sdf", "0 21474836480\n"},
       {"lsblk -P -o NAME,FSTYPE /dev/sdg", "0 NAME=\"nvme2n1\" FSTYPE=\"\"\n"},
       {"lsblk -rno NAME,FSTYPE,SIZE /dev/sdg", "0 nvme2n1  30G\n"},
       {"lsblk -o +UUID | head -1", "0 MOUNTPOINTS UUID\n"},
       {"lsblk -dno NAME /dev/sdf /dev/sdg", "0 nvme1n1\nnvme2n1\n"},
       {"lsblk -e 259 -n | wc -l", "0 0\n"},
       {"lsblk -o PARTUUID", "1 lsblk: the column PARTUUID is not served by Squall's guests\n"},
       {"lsblk -Y", "1 lsblk: invalid option -- 'Y'\nTry 'lsblk --help' for more information.\n"},
       {"lsblk -t", "1 lsblk: --topology is not served by Squall's guests\n"},
       {"mkfs.ext4 -q -L data /dev/sdf; blkid -o export /dev/sdf | head -2",
        "0 DEVNAME=/dev/nvme1n1\nLABEL=data\n"},
       {"blkid -t LABEL=data -o device", "0 /dev/nvme1n1\n"},
       {"blkid -U $(blkid -s UUID -o value /dev/sdf)", "0 /dev/nvme1n1\n"},
       {"blkid -U none", "2 "},
       {"blkid -o frob", "4 blkid: unsupported output format frob\n"},
       {"blkid -i /dev/sdf", "4 blkid: --info is not served by Squall's guests\n"}});
}

TEST(Options, MountAndUmount) {
  GuestWorld world;
  give_volumes(world);
  world.run("mkfs.ext4 -q -L data /dev/sdf 2>/dev/null; mkdir /d");
  expect_each(
      world,
      {{"mount -L data /d && umount -v /d", "0 umount: /d unmounted\n"},
       {"mount -m /dev/sdf /new/place && mount -t ext4,xfs | tail -1 && umount /dev/sdf",
        "0 on /new/place type ext4"},
       {"mount --frob", "1 mount: unrecognized option '--frob'\nTry 'mount --help' for more information.\n"},
       {"mount -f /dev/sdf /d", "1 mount: --fake is not served by Squall's guests\n"},
       {"mount -o nodev,nosuid,noexec /dev/sdf /d; cp /usr/bin/true /d/t; /d/t; echo $?; umount /d",
        "0 126\n"},
       {"mount -o quota /dev/sdf /d", "32 the option quota is not served by Squall's guests\n"},
       {"mount -o frob=1 /dev/sdf /d", "32 wrong fs type, bad option, bad superblock on /dev/nvme1n1"},
       {"mount -t tmpfs tmpfs /d",
        "32 mount: /d: the file system type tmpfs is not served by Squall's guests\n"},
       {"mount -t frob /dev/sdf /d", "32 mount: /d: unknown filesystem type 'frob'.\n"},
       {"mount a b c", "1 mount: bad usage\n"},
       {"mount /none", "1 mount: /none: can't find in /etc/fstab.\n"},
       {"sudo -u nobody mount /dev/sdf /d", "32 mount: /d: must be superuser to use mount.\n"},
       {"echo '/dev/sdz /z ext4 defaults 0 0' >>/etc/fstab; mount -a",
        "32 special device /dev/sdz does not exist"},
       {"mount -at noext4", "0 "},
       {"umount", "1 umount: bad usage\n"},
       {"umount /none", "32 umount: /none: no mount point specified.\n"},
       {"umount /d", "32 umount: /d: not mounted.\n"},
       {"umount -q /d 2>&1 | wc -c", "0 0\n"},
       {"umount -t ext4 -a", "1 umount: --types is not served by Squall's guests\n"},
       {"mount /dev/sdf /d; cd /d; umount -l /d",
        "32 --lazy of a volume in use is not served by Squall's guests\n"},
       {"umount -a && mount | wc -l", "0 1\n"}});
}

TEST(Options, NamesAndClocks) {
  GuestWorld world;
  expect_each(
      world,
      {{"echo node-1.internal >/etc/hostname; hostname -F /etc/hostname; hostname -f", "0 node-1.internal\n"},
       {"hostname --all-ip-addresses", "0 10.0.1.10 \n"},
       {"hostname -y", "1 hostname: Local domain name not set\n"},
       {"hostname -Z", "255 hostname: invalid option -- 'Z'\nUsage: hostname [-b] {hostname|-F file}"},
       {"hostname -a", "1 hostname: --alias is not served by Squall's guests\n"},
       {"hostnamectl --transient set-hostname tmp; hostnamectl --static; hostname",
        "0 node-1.internal\ntmp\n"},
       {"hostnamectl --pretty set-hostname 'The Node'; hostnamectl --pretty; hostname", "0 The Node\ntmp\n"},
       {"hostnamectl | grep 'Operating System'", "0 Operating System: Debian GNU/Linux 12 (bookworm)\n"},
       {"hostnamectl set-hostname", "1 Too few arguments.\n"},
       {"hostnamectl chassis", "1 hostnamectl: chassis is not served by Squall's guests\n"},
       {"hostnamectl --frob", "1 hostnamectl: unrecognized option '--frob'\n"},
       {"sudo -u nobody hostnamectl set-hostname x", "1 Interactive authentication required.\n"},
       {"timedatectl show -p Timezone --value; timedatectl show --property=NTP", "0 Etc/UTC\nNTP=yes\n"},
       {"timedatectl set-ntp 0; timedatectl | grep NTP; timedatectl set-ntp on", "0 NTP service: inactive\n"},
       {"timedatectl set-ntp maybe", "1 Failed to parse NTP setting: Invalid argument\n"},
       {"timedatectl set-time 12:00", "1 Failed to set time: Automatic time synchronization is enabled\n"},
       {"timedatectl list-timezones | grep -x Europe/Berlin", "0 Europe/Berlin\n"},
       {"timedatectl set-timezone", "1 Too few arguments.\n"},
       {"timedatectl timesync-status", "1 timedatectl: timesync-status is not served by Squall's guests\n"},
       {"timedatectl frob", "1 Unknown command verb frob.\n"}});
}

TEST(Options, SetcapGetcapLoggerCrontab) {
  GuestWorld world;
  world.run("mkdir /t; cp /usr/bin/true /t/a; cp /usr/bin/true /t/b");
  expect_each(
      world,
      {{"setcap -q CAP_IPC_LOCK+ep /t/a && getcap -r /t", "0 /t/a cap_ipc_lock=ep\n"},
       {"setcap -v cap_ipc_lock=+ep /t/a", "0 /t/a: OK\n"},
       {"setcap -v cap_ipc_lock=ep /t/b", "1 /t/b differs in []\n"},
       {"setcap -r /t/a; getcap /t/a; getcap -v /t/a", "0 /t/a\n"},
       {"setcap frob /t/a", "1 fatal error: Invalid argument\nusage: setcap"},
       {"setcap -n 0 cap_chown=ep /t/a", "1 setcap: -n is not served by Squall's guests\n"},
       {"sudo -u nobody setcap cap_chown=ep /t/a", "1 unable to set CAP_SETFCAP effective capability"},
       {"getcap", "1 usage: getcap [-h] [-l] [-n] [-r] [-v] <filename>"},
       {"getcap -z /t/a", "1 getcap: invalid option -- 'z'\n"},
       {"logger -s -i -t me -p local0.err it 2>&1 | sed 's/>.*me/ me/; s/[0-9]*]/N]/'", "0 <131 me[N]: it\n"},
       {"logger --id=7 -t me known; tail -1 /var/log/syslog", "0 me[7]: known\n"},
       {"logger --no-act never; grep -c never /var/log/syslog", "1 0\n"},
       {"logger -p foo.info x", "1 logger: unknown facility name: foo\n"},
       {"logger -p frob x", "1 logger: unknown priority name: frob\n"},
       {"logger -f /none", "1 logger: file /none: No such file or directory\n"},
       {"logger -n syslog.corp x", "1 logger: --server is not served by Squall's guests\n"},
       {"logger --frob x", "1 logger: unrecognized option '--frob'\nTry 'logger --help'"},
       {"crontab -u nobody-here -l", "1 crontab:  user `nobody-here' unknown\n"},
       {"sudo -u nobody crontab -u root -l", "1 must be privileged to use -u\n"},
       {"crontab -z", "1 crontab: invalid option -- 'z'\ncrontab: usage error: unrecognized option\n"},
       {"crontab -ri", "1 crontab: -i is not served by Squall's guests\n"}});
}

TEST(Options, Addresses) {
  GuestWorld world;  // 10.0.1.10 in 10.0.0.0/20
  expect_each(
      world, {{"ip -4 -o addr show scope global | awk '{print $2, $4}'", "0 ens5 10.0.1.10/20\n"},
              {"ip -o a s scope global | wc -l; ip -br a show scope host | wc -l", "0 1\n1\n"},
              {"ip r s default | wc -l; ip route | tail -1",
               "0 1\n10.0.0.0/20 dev ens5 proto kernel scope link src"},
              {"ip route get 10.0.1.11", "0 10.0.1.11 dev ens5 src 10.0.1.10 uid 0"},
              {"ip route get 127.0.0.1", "0 local 127.0.0.1 dev lo src 127.0.0.1 uid 0"},
              {"ip route get 1 | awk '{print $7}'", "0 10.0.1.10\n"},
              {"ip addr add 10.0.1.99/20 dev ens5", "255 ip: address add is not served by Squall's guests\n"},
              {"ip link set dev ens5 mtu 1500", "255 ip: link set is not served by Squall's guests\n"},
              {"ip -j addr", "255 ip: -j is not served by Squall's guests\n"},
              {"ip neigh", "1 ip: neigh is not served by Squall's guests\n"},
              {"ip addr frob", "255 Command \"frob\" is unknown, try \"ip address help\".\n"},
              {"ip -frob", "255 Option \"-frob\" is unknown, try \"ip -help\".\n"},
              {"ip addr show type veth", "255 ip: address show type is not served by Squall's guests\n"},
              {"ping -Z x", "2 ping: invalid option -- 'Z'\n\nUsage\n"},
              {"ping -6 x", "2 ping: -6 is not served by Squall's guests\n"},
              {"ifconfig lo", "0 lo: flags=73<UP,LOOPBACK,RUNNING>"},
              {"ifconfig ens5 up", "1 ifconfig: up is not served by Squall's guests\n"},
              {"ss -t state listening", "255 not state listening\n"},
              {"ss -e", "255 ss: --extended is not served by Squall's guests\n"},
              {"ss --frob", "255 ss: unrecognized option '--frob'\nUsage: ss [ OPTIONS ]"},
              {"netstat -rn", "3 netstat: --route is not served by Squall's guests\n"},
              {"netstat --frob", "3 netstat: unrecognized option '--frob'\nusage: netstat"},
              {"getent frob x", "1 Unknown database: frob\nTry `getent --help'"},
              {"getent services https", "1 getent: the database services is not served by Squall's guests\n"},
              {"getent -s files passwd root", "1 getent: --service is not served by Squall's guests\n"},
              {"sudo -u nobody getent shadow root", "2 "}});
}

TEST(Options, KernelAndTrust) {
  GuestWorld world;
  expect_each(
      world,
      {{"modprobe -n wireguard; modprobe --show tun; lsmod | grep -c 'wireguard\\|tun'", "1 0\n"},
       {"modprobe -aq tun frob; lsmod | grep -c tun", "1 0\n"},
       {"modprobe -D xfs", "1 modprobe: --show-depends is not served by Squall's guests\n"},
       {"modprobe --frob xfs", "1 modprobe: unrecognized option '--frob'\n"},
       {"modprobe xfs; rmmod -f xfs", "1 rmmod: --force is not served by Squall's guests\n"},
       {"rmmod", "1 rmmod: ERROR: missing module name.\n"},
       {"lsmod xfs", "1 Usage: lsmod\n"},
       {"modinfo -F depends br_netfilter", "0 bridge\n"},
       {"modinfo -n xfs", "1 modinfo: --filename is not served by Squall's guests\n"},
       {"modinfo -F license xfs", "1 modinfo: the field license is not served by Squall's guests\n"},
       {"sysctl", "1 Usage:\n sysctl [options] [variable[=value] ...]\n"},
       {"sysctl -w vm.swappiness", "1 sysctl: command line(0): invalid syntax, continuing...\n"},
       {"sysctl -e net.bridge.frob", "0 "},
       {"sysctl -a", "1 sysctl: --all is not served by Squall's guests\n"},
       {"echo vm.swappiness=3 >/s; sysctl --load=/s; sysctl -p/s -q", "0 vm.swappiness = 3\n"},
       {"update-ca-certificates --frob", "0 /usr/sbin/update-ca-certificates: [--verbose] [--fresh]\n"},
       {"update-ca-certificates --hooksdir /x", "1 --hooksdir is not served by Squall's guests\n"},
       {"echo '@include /none' >/i; visudo -I -c -f /i", "0 /i: parsed OK\n"},
       {"visudo -csf /etc/sudoers", "1 visudo: --strict is not served by Squall's guests\n"},
       {"visudo -cZ", "1 visudo: invalid option -- 'Z'\nusage: visudo"},
       {"file", "1 Usage: file [-bcCdEhikLlNnprsSvzZ0]"},
       {"file --mime-type /etc", "1 file: --mime-type is not served by Squall's guests\n"},
       {"file --frob /etc", "1 file: unrecognized option '--frob'\nUsage: file"}});
}

TEST(Options, SudoSuRunuser) {
  GuestWorld world;
  world.run("useradd -m -s /bin/bash ops; groupadd team; useradd -r -s /bin/false vault");
  expect_each(
      world,
      {{"A=1 B=2 sudo --preserve-env=B sh -c 'echo $A-$B'", "0 -2\n"},
       {"sudo A=1 -u ops B=2 sh -c 'echo $A$B $(id -un)'", "0 12 ops\n"},
       {"sudo -g team id -gn; sudo -g team id -un", "0 team\nroot\n"},
       {"SHELL=/bin/sh sudo -u vault -s id -un", "0 vault\n"},
       {"sudo -b sh -c 'sleep 3; echo late >/late'; ls /late; sleep 5; cat /late", "0 late\n"},
       {"sudo -k; sudo -v; sudo -n true", "0 "},
       {"sudo -l",
        "0 User root may run the following commands on ip-10-0-1-10:\n    (ALL : ALL) NOPASSWD: ALL\n"},
       {"sudo -l systemctl", "0 /usr/bin/systemctl\n"},
       {"sudo", "1 usage: sudo -h | -K | -k | -V\n"},
       {"sudo --frob true", "1 sudo: unrecognized option '--frob'\nusage: sudo"},
       {"sudo -e /etc/hosts", "1 sudo: --edit is not served by Squall's guests\n"},
       {"sudo -T 5 true", "1 sudo: --command-timeout is not served by Squall's guests\n"},
       {"sudo -u nobody-here true", "1 sudo: unknown user nobody-here\n"},
       {"sudo frob", "1 sudo: frob: command not found\n"},
       {"su vault -s /bin/sh -c 'echo $0 $1' a b", "0 a b\n"},
       {"su --command='id -gn' --group=team ops", "0 team\n"},
       {"su -p ops -c 'echo $HOME'", "0 /root\n"},
       {"su --frob", "1 su: unrecognized option '--frob'\nTry 'su --help' for more information.\n"},
       {"su -P ops", "1 su: --pty is not served by Squall's guests\n"},
       {"su none", "1 su: user none does not exist or the user entry does not contain all the required"},
       {"su vault -s /none", "127 su: failed to execute /none: No such file or directory\n"},
       {"runuser -u vault -- id -un", "0 vault\n"},
       {"runuser -u vault ls -d /", "1 runuser: invalid option -- 'd'\nTry 'runuser --help'"},
       {"runuser -u vault -c ls", "1 and --user are mutually exclusive\n"},
       {"runuser -u vault", "1 runuser: no command was specified\n"},
       {"runuser -u vault -- frob", "127 runuser: failed to execute frob: No such file or directory\n"}});
}

TEST(Options, Timeout) {
  GuestWorld world;
  expect_each(world, {{"timeout -v 1 sleep 5",
                       "124 timeout: sending signal TERM to command \xe2\x80\x98sleep\xe2\x80\x99\n"},
                      {"timeout -s SIGABRT --preserve-status 1 sleep 5", "134 "},
                      {"timeout -k 1 1 bash -c 'trap \"\" TERM; sleep 5; sleep 5'", "137 "},
                      {"a=$(date +%s); timeout 1 bash -c 'sleep 300; true' | cat; echo $(($(date +%s) - a))",
                       "0 1\n"},
                      {"timeout 60 sleep 100 & sleep 1; kill $!; wait $!", "143 "},
                      {"timeout", "125 Try 'timeout --help' for more information.\n"},
                      {"timeout --frob 1 ls", "125 timeout: unrecognized option '--frob'\nTry"},
                      {"timeout -s FROB 1 ls",
                       "125 timeout: \xe2\x80\x98"
                       "FROB\xe2\x80\x99: invalid signal\n"},
                      {"timeout x ls", "125 timeout: invalid time interval \xe2\x80\x98x\xe2\x80\x99\n"},
                      {"timeout --help", "125 timeout: --help is not served by Squall's guests\n"},
                      {"timeout 1 frob",
                       "127 timeout: failed to run command \xe2\x80\x98"
                       "frob\xe2\x80\x99: No such file"}});
}

TEST(Options, Scripts) {
  GuestWorld world(jammy);
  expect_each(
      world,
      {{"chronyc -n sources | tail -1 | cut -c1-18", "0 ^* 169.254.169.123\n"},
       {"chronyc -c tracking", "1 chronyc: -c is not served by Squall's guests\n"},
       {"chronyc sources -v", "1 chronyc: sources -v is not served by Squall's guests\n"},
       {"dmesg -c | wc -l; dmesg | wc -l", "0 3\n0\n"},
       {"dmesg -x", "1 dmesg: -x is not served by Squall's guests\n"},
       {"fuser 8200/tcp", "1 fuser: the port 8200/tcp is not served by Squall's guests\n"},
       {"growpart -u auto /dev/nope 1", "2 FAILED: /dev/nope: does not exist\n"},
       {"invoke-rc.d --query x start", "103 invoke-rc.d: --query is not served by Squall's guests\n"},
       {"iptables -w 5 -A INPUT -p tcp -j ACCEPT; iptables -I INPUT 1 -p udp -j ACCEPT; iptables -S | sed -n "
        "4p",
        "0 -A INPUT -p udp -j ACCEPT\n"},
       {"iptables -F OUTPUT; iptables -S | wc -l; iptables -F INPUT; iptables -S | wc -l", "0 5\n3\n"},
       {"iptables -D INPUT 1", "2 -D by number is not served"},
       {"iptables -t nat -S | tail -1; iptables -t frob -S",
        "2 -P POSTROUTING ACCEPT\niptables: Squall's guests filter no packets: the table frob is not "
        "served\n"},
       {"iptables -L FROB", "1 iptables: No chain/target/match by that name.\n"},
       {"iptables -nvL", "2 iptables: Squall's guests filter no packets: -v is not served\n"},
       {"iptables -A INPUT -p tcp -j ACCEPT; iptables -nL INPUT | grep -o '^ACCEPT .*0/0  '; iptables -F",
        "0 ACCEPT     all  --  0.0.0.0/0            0.0.0.0/0  \n"},
       {"useradd a; useradd b; loginctl enable-linger a b; ls /var/lib/systemd/linger", "0 a\nb\n"},
       {"mkdir /l; echo x >/l/a.log; printf '/l/*.log {\\nrotate 1\\ndateformat x\\nfrob\\n}\\n' >/l/c; "
        "logrotate /l/c",
        "1 error: /l/c:3 'dateformat' is not served by Squall's guests -- ignoring line\n"
        "error: /l/c:4 unknown option 'frob' -- ignoring line\n"},
       {"printf '/l/*.log {\\nrotate 1\\nolddir /l/old\\ncreateolddir\\n}\\n' >/l/c; logrotate -f /l/c; ls "
        "/l/old",
        "0 a.log.1\n"},
       {"resize2fs /dev/nvme1n1 10G", "1 resize2fs: a size (10G) is not served by Squall's guests\n"},
       {"resolvectl dns ens5 8.8.8.8", "1 resolvectl: dns ens5 8.8.8.8 is not served by Squall's guests\n"},
       {"resolvectl dns | head -1", "0 Global:\n"},
       {"swapon -e /none && fallocate -l 1M /s && chmod 600 /s && mkswap /s >/dev/null && swapon -p 5 /s && "
        "swapon "
        "--show | awk 'NR==2 {print $5}'",
        "0 5\n"},
       {"swapon --show=NAME", "255 swapon: --show=NAME is not served by Squall's guests\n"},
       {"ufw logging on", "0 Logging enabled\n"},
       {"ufw app list", "1 ufw: app is not served by Squall's guests\n"},
       {"ufw frob", "1 ERROR: Invalid syntax\n"},
       {"systemd-detect-virt -c", "1 none\n"},
       {"systemd-detect-virt -q | wc -c", "0 0\n"},
       {"uuidgen -t", "1 uuidgen: -t is not served by Squall's guests\n"},
       {"update-locale LANG=C.UTF-8; update-locale LC_TIME=C; cat /etc/default/locale",
        "0 LANG=C.UTF-8\nLC_TIME=C\n"},
       {"update-locale --reset LANG=C; cat /etc/default/locale", "0 LANG=C\n"}});
}

}  // namespace
}  // namespace squall::guest

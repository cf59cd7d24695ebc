// What a guest's scripts see of the network: /etc/hosts before the resolver, ports that listen, names.
#include <gmock/gmock.h>

#include "harness/guest/commands/raw_http.hpp"
#include "harness/guest/guest_network.hpp"
#include "tests/guest/guest_world.hpp"

namespace squall::guest {
namespace {

using testing::HasSubstr;

TEST(NetworkCommands, HostsFileIsReadAsTheResolverReadsIt) {
  const std::string file =
      "127.0.0.1 localhost\n::1 localhost ip6-localhost\n# 10.0.0.9 node-9\n10.0.0.1\tnode-1.internal node-1 "
      "# us\n";
  EXPECT_EQ(address_in_hosts(file, "node-1"), "10.0.0.1");
  EXPECT_EQ(address_in_hosts(file, "node-1.internal"), "10.0.0.1");
  EXPECT_EQ(address_in_hosts(file, "localhost"), "127.0.0.1");
  EXPECT_EQ(address_in_hosts(file, "node-9"), "");
  EXPECT_EQ(address_in_hosts(file, "us"), "");
  EXPECT_EQ(address_in_hosts("", "x"), "");
}

TEST(NetworkCommands, ANameInEtcHostsIsDialledAtItsAddress) {
  GuestWorld world;
  world.network.hosts["10.0.2.20:8200"] = [](const world::Call& call) -> world::Reply {
    return http::Response::text(200, "for " + std::string(call.request.headers.get("Host")) + "\n");
  };
  auto result = world.run(
      "curl -s http://node-2:8200/; echo $?\necho '10.0.2.20 node-2.internal node-2' >>/etc/hosts\n"
      "curl -s http://node-2:8200/; getent hosts node-2; getent ahostsv4 node-2 | head -1");
  EXPECT_EQ(result.standard_output,
            "6\nfor node-2:8200\n10.0.2.20       node-2\n10.0.2.20       STREAM node-2\n");
}

TEST(NetworkCommands, GetentReadsAccountsAndResolves) {
  GuestWorld world;
  world.network.addresses["vault.internal"] = "10.0.0.7";
  auto result = world.run(
      "getent passwd root; getent passwd 1000 | cut -d: -f1; getent group adm; getent passwd nobody-here; "
      "echo $?\n"
      "getent hosts vault.internal; getent hosts no.internal; echo $?; getent frob x; echo $?");
  EXPECT_EQ(
      result.standard_output,
      "root:x:0:0:root:/root:/bin/bash\nadmin\nadm:x:4:admin\n2\n10.0.0.7        vault.internal\n2\n1\n");
}

// The layout is that of iproute2 6.1 and net-tools 2.10 on Debian 12, for the same sockets.
TEST(NetworkCommands, ListeningPorts) {
  GuestWorld world;
  world.network.listening_ports = {{"127.0.0.1", 53}, {"0.0.0.0", 8200}, {"::", 18201}};
  auto result = world.run("ss -tln; ss -Hltn 'sport = :8200' | wc -l; netstat -tln; ss -x; echo $?");
  EXPECT_EQ(result.standard_output,
            "State  Recv-Q Send-Q Local Address:Port  Peer Address:PortProcess\n"
            "LISTEN 0      4096       127.0.0.1:53         0.0.0.0:*          \n"
            "LISTEN 0      4096         0.0.0.0:8200       0.0.0.0:*          \n"
            "LISTEN 0      4096               *:18201            *:*          \n1\n"
            "Active Internet connections (only servers)\n"
            "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n"
            "tcp        0      0 127.0.0.1:53            0.0.0.0:*               LISTEN      \n"
            "tcp        0      0 0.0.0.0:8200            0.0.0.0:*               LISTEN      \n"
            "tcp6       0      0 :::18201                :::*                    LISTEN      \n255\n");
}

TEST(NetworkCommands, PingTellsWhoAnswers) {
  GuestWorld world;
  world.network.addresses["node-2"] = "10.0.0.7";
  world.network.awake = {"10.0.0.7"};
  auto result = world.run(
      "ping -c 2 -W 1 node-2; echo $?; ping -qc1 10.0.0.8; echo $?; ping -c1 nowhere; echo $?; ping -f x; "
      "echo $?");
  EXPECT_EQ(result.standard_output,
            "PING node-2 (10.0.0.7) 56(84) bytes of data.\n"
            "64 bytes from node-2 (10.0.0.7): icmp_seq=1 ttl=64 time=0.000 ms\n"
            "64 bytes from node-2 (10.0.0.7): icmp_seq=2 ttl=64 time=0.000 ms\n\n"
            "--- node-2 ping statistics ---\n2 packets transmitted, 2 received, 0% packet loss, time 1000ms\n"
            "rtt min/avg/max/mdev = 0.000/0.000/0.000/0.000 ms\n0\n"
            "PING 10.0.0.8 (10.0.0.8) 56(84) bytes of data.\n\n--- 10.0.0.8 ping statistics ---\n"
            "1 packets transmitted, 0 received, 100% packet loss, time 0ms\n\n1\n2\n2\n");
  EXPECT_EQ(result.standard_error,
            "ping: nowhere: Name or service not known\nping: -f is not served by Squall's guests\n");
}

TEST(NetworkCommands, NetcatProbesAPort) {
  const std::string script =
      "nc -z 127.0.0.1 8200; echo $?; nc -zv -w 3 127.0.0.1 8201; echo $?; nc -vz node 8200; echo $?\n"
      "echo x | nc -u -w1 127.0.0.1 8125; echo $?; echo x | nc 127.0.0.1 8200; echo $?";
  GuestWorld ubuntu(jammy);
  ubuntu.network.listening_ports = {{"0.0.0.0", 8200}};
  ubuntu.network.addresses["node"] = "10.0.0.7";
  auto bsd = ubuntu.run(script);
  EXPECT_EQ(bsd.standard_output, "0\n1\n0\n0\n1\n");
  EXPECT_THAT(bsd.standard_error,
              HasSubstr("nc: connect to 127.0.0.1 port 8201 (tcp) failed: Connection refused\n"
                        "Connection to node (10.0.0.7) 8200 port [tcp/*] succeeded!\n"));
  GuestWorld amazon(amazon_linux_2023);
  amazon.network.listening_ports = {{"0.0.0.0", 8200}};
  auto ncat = amazon.run("yum install -y nc >/dev/null\n" + script);
  EXPECT_EQ(ncat.standard_output, "0\n1\n1\n0\n1\n");
  EXPECT_THAT(ncat.standard_error, HasSubstr("Ncat: Connection refused.\n"));
}

TEST(NetworkCommands, NamesAreLookedUp) {
  GuestWorld world(jammy);
  world.network.addresses["vault.internal"] = "10.0.0.7";
  auto result = world.run(
      "dig +short vault.internal; dig +short no.internal; host vault.internal; host no.internal; echo $?\n"
      "nslookup vault.internal | tail -2; dig MX x; echo $?");
  EXPECT_EQ(result.standard_output,
            "10.0.0.7\nvault.internal has address 10.0.0.7\nHost no.internal not found: 3(NXDOMAIN)\n1\n"
            "Address: 10.0.0.7\n\n1\n");
}

TEST(NetworkCommands, ALookUpThatIsNotServedIsRefused) {
  GuestWorld world(jammy);
  world.network.addresses["vault.internal"] = "10.0.0.7";
  auto result = world.run(
      "dig +noall +answer +time=1 @169.254.169.253 vault.internal; dig +short @8.8.8.8 vault.internal; echo "
      "$?\n"
      "for words in '+short +dnssec x' '+short -x 10.0.0.7' '+short TXT vault.internal' vault.internal "
      "+short; do\n"
      "dig $words; echo $?; done 2>&1 | grep -v '^1$' | cut -d';' -f2\n"
      "host -t TXT vault.internal; echo $?; host -t A vault.internal 8.8.8.8; echo $?; nslookup -type=MX x; "
      "echo $?\n"
      "nslookup vault.internal 169.254.169.253 | tail -2");
  EXPECT_EQ(
      result.standard_output,
      "vault.internal.\t\t60\tIN\tA\t10.0.0.7\n;; connection timed out; no servers could be reached\n9\n"
      " not +dnssec\n not -x\n not vault.internal\n not an answer in full\n not a query without a name\n"
      "1\n;; connection timed out; no servers could be reached\n1\n1\nAddress: 10.0.0.7\n\n");
  EXPECT_THAT(result.standard_error, HasSubstr("host: -t TXT is not served by Squall's guests\n"));
}

// bash's /dev/tcp and Python's urllib make connections of their own.
TEST(NetworkCommands, AProgramsOwnConnectionReachesTheWorld) {
  GuestWorld world;
  world.network.listening_ports = {{"0.0.0.0", 80}, {"0.0.0.0", 8200}};
  world.network.hosts["169.254.169.254:80"] = [](const world::Call& call) -> world::Reply {
    return http::Response::text(200,
                                call.request.method + " " + call.request.target + " " + call.request.body);
  };
  auto result = world.run(
      "cat >/tmp/t.sh <<'E'\n"
      "(echo >/dev/tcp/127.0.0.1/8201) 2>/dev/null && echo open || echo closed\n"
      "(echo >/dev/tcp/127.0.0.1/8200) 2>/dev/null && echo open || echo closed\n"
      "timeout 1 bash -c '</dev/tcp/127.0.0.1/8200' && echo open\n"
      "exec 3<>/dev/tcp/169.254.169.254/80; printf 'GET /a HTTP/1.0\\r\\n\\r\\n' >&3; tail -1 <&3; echo; "
      "exec 3>&-\n"
      "E\nbash /tmp/t.sh\n"
      "python3 - <<'E'\n"
      "import urllib.request, http.client\n"
      "print(urllib.request.urlopen('http://169.254.169.254/b?c=1', timeout=2).read().decode())\n"
      "c = http.client.HTTPConnection('169.254.169.254', timeout=5)\n"
      "for n in range(2):\n"
      "  c.request('PUT', '/%d' % n, body='x' * n)\n"
      "  print(c.getresponse().read().decode())\n"
      "try: urllib.request.urlopen('http://127.0.0.1:81/')\n"
      "except Exception as e: print(e)\n"
      "import socket; s = socket.create_connection(('127.0.0.1', 8200)); s.sendall(b'\\x16\\x03\\x01'); "
      "print(s.recv(9))\n"
      "E");
  EXPECT_EQ(
      result.standard_output,
      "closed\nopen\nopen\nGET /a \nGET /b?c=1 \nPUT /0 \nPUT /1 x\n<urlopen error [Errno 111] Connection "
      "refused>\nb''\n")
      << result.standard_error;
  EXPECT_THAT(world.trace,
              testing::Contains(testing::Field(&TraceEntry::text,
                                               HasSubstr("spoke to 127.0.0.1:8200 itself, and not HTTP"))));
}

TEST(NetworkCommands, RequestsOnASocket) {
  std::string bytes = "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab";
  EXPECT_EQ(take_request(bytes).state, RawRequest::State::incomplete);
  bytes += "cGET / HTTP/1.0\n\n";
  RawRequest first = take_request(bytes);
  EXPECT_EQ(first.state, RawRequest::State::complete);
  EXPECT_EQ(first.request.body, "abc");
  EXPECT_TRUE(first.keeps_alive);
  EXPECT_FALSE(take_request(bytes).keeps_alive);
  EXPECT_EQ(bytes, "");
  for (std::string wrong : {"\x16\x03", "hello\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                            "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                            "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"})
    EXPECT_EQ(take_request(wrong).state, RawRequest::State::not_http) << wrong;
}

TEST(NetworkCommands, LinksAreShown) {
  GuestWorld world;
  EXPECT_EQ(world.run("ip -o link show | awk -F': ' 'NR==2 {print $2}'; ip link show eth9; echo $?")
                .standard_output,
            "ens5\n1\n");
}

}  // namespace
}  // namespace squall::guest

// What Terraform's cloudinit_config and people's templates send as user data: CRLF between parts, lists of
// addresses to include, scripts with the wrong line ends; and what each distribution's cloud-init does with
// it.
#include <gmock/gmock.h>

#include "harness/guest/cloud_include.hpp"
#include "harness/guest/cloud_init.hpp"
#include "harness/guest/user_data.hpp"
#include "tests/guest/machine_world.hpp"

namespace squall::guest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

void boot(GuestWorld& world, std::string user_data) {
  world.machine.user_data = std::move(user_data);
  world.boot();
  bool done = false;
  world::Job job =
      world::Job::start(world.scheduler, run_cloud_init(*world.guest), [&](std::exception_ptr failure) {
        done = true;
        if (failure) std::rethrow_exception(failure);
      });
  while (!done && world.scheduler.step()) {
  }
}

std::string log_of(GuestWorld& world) {
  return world.guest->disk().read("/var/log/cloud-init-output.log").value_or("");
}

// As Terraform's cloudinit provider joins parts: CRLF around boundaries, the contents' own line ends within.
std::string joined_parts(std::initializer_list<std::pair<const char*, std::string>> parts) {
  std::string text = "Content-Type: multipart/mixed; boundary=\"B\"\nMIME-Version: 1.0\r\n\r\n";
  for (const auto& [type, content] : parts)
    text += std::string("--B\r\nContent-Transfer-Encoding: 7bit\r\nContent-Type: ") + type +
            "\r\nMime-Version: 1.0\r\n\r\n" + content + "\r\n";
  return text + "--B--\r\n";
}

TEST(UserData, TheLineEndBeforeABoundaryIsNotThePartsOwn) {
  auto parts = parse_user_data(joined_parts(
      {{"text/x-shellscript", "#!/bin/sh\necho a\n"}, {"text/cloud-config", "---\nhostname: h\n"}}));
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].body, "#!/bin/sh\necho a\n");
  EXPECT_EQ(parts[1].body, "---\nhostname: h\n");
}

TEST(UserData, AScriptThatSendsMailIsStillRead) {
  std::string script = "#!/bin/sh\nprintf 'MIME-Version: 1.0\\n\\nhi' | true\n";
  auto parts = parse_user_data(script);
  ASSERT_EQ(parts.size(), 1u);
  EXPECT_EQ(parts[0].kind, PartKind::script);
  EXPECT_EQ(parts[0].body, script);
}

TEST(UserData, AddressesOfAList) {
  EXPECT_THAT(included_addresses("#include\n# a comment\nhttps://a/x\r\n\n#include-once http://b/y\n"),
              ElementsAre("https://a/x", "http://b/y"));
}

TEST(CloudInit, FetchesWhatAListNames) {
  GuestWorld world("amzn2-ami-hvm-2.0.20240610.1-x86_64-gp2");
  int asked = 0;
  world.network.hosts["static.example.com:443"] = [&](const world::Call& call) -> world::Reply {
    if (call.request.target == "/more")
      return http::Response::text(200, "#include\nhttps://static.example.com/b\n");
    return ++asked < 3 ? http::Response::text(503, "")
                       : http::Response::text(200, "#!/bin/sh\necho fetched >> /out\n");
  };
  boot(world, joined_parts(
                  {{"text/x-include-url", "https://static.example.com/more\nhttps://nowhere.example.com/c\n"},
                   {"text/x-shellscript", "#!/bin/sh\necho own >> /out\n"}}));
  EXPECT_EQ(world.guest->disk().read("/out"), "fetched\nown\n") << log_of(world);
  // Two more tries of the first, ten of the second, a second apart.
  EXPECT_GE(world.scheduler.now() - world.guest->booted_at(), 12s);
  EXPECT_THAT(log_of(world), HasSubstr("Name or service not known for url: https://nowhere.example.com/c"));
  EXPECT_THAT(log_of(world), HasSubstr("Cloud-init v. 19.3-46.amzn2 finished"));
}

// features.ERROR_ON_USER_DATA_FAILURE, upstream's default.
TEST(CloudInit, AListThatCannotBeHadEndsTheUserDataOnNewerSystems) {
  GuestWorld world("ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20240607");
  boot(world, joined_parts({{"text/x-include-url", "https://nowhere.example.com/c\n"},
                            {"text/x-shellscript", "#!/bin/sh\necho own >> /out\n"}}));
  EXPECT_FALSE(world.guest->disk().exists("/out"));
  EXPECT_THAT(log_of(world), HasSubstr("failed run of stage init"));
  EXPECT_EQ(world.run("cloud-init status").exit_code, 1);
}

TEST(CloudInit, LineEndsAreMendedAndAMissingInterpreterIsNot) {
  GuestWorld world;
  boot(world, joined_parts({{"text/x-shellscript", "#!/bin/sh\r\necho one >> /out\r\n"},
                            {"text/x-shellscript", "  #!/bin/sh\n  echo two >> /out\n"},
                            {"text/cloud-boothook", "#cloud-boothook\n\necho early >> /out\n"}}));
  EXPECT_EQ(world.guest->disk().read("/out"), "early\none\n");
  EXPECT_THAT(log_of(world), HasSubstr("Exec format error. Missing #! in script?"));
  bool told = std::any_of(world.trace.begin(), world.trace.end(), [](const TraceEntry& entry) {
    return entry.kind == "boot" && entry.text ==
                                       "user data: part-002 ended with 1; its last words: "
                                       "Exec format error. Missing #! in script?";
  });
  EXPECT_TRUE(told);
}

// The first line of most user data: what it says goes to a file and through logger to the console.
TEST(CloudInit, TheStoryTellsWhatAFailedScriptSaidLast) {
  GuestWorld world;
  boot(world,
       "#!/bin/bash\nexec > >(tee /var/log/user-data.log | logger -t user-data -s 2>/dev/console) 2>&1\n"
       "echo one; echo two; exit 7\n");
  std::string told;
  for (const TraceEntry& entry : world.trace)
    if (entry.kind == "boot") told += entry.text;
  EXPECT_THAT(told,
              testing::MatchesRegex("user data: part-001 ended with 7; its last words: .* user-data: two"
                                    "cloud-init finished"));
}

TEST(CloudInit, GroupsAreMadeBeforeTheUsersWhoAreInThem) {
  GuestWorld world;
  boot(world,
       "## template: jinja\n#cloud-config\ntimezone: UTC\nntp: {enabled: true}\n"
       "groups:\n  - vault: []\n  - tls: [admin, nobody-yet]\n  - plain\n"
       "users:\n  - default\n  - {name: vault, primary_group: vault, system: true, shell: /bin/false}\n"
       "runcmd:\n  - id -Gn vault; id -Gn admin; getent group plain | head -c 5\n");
  EXPECT_THAT(log_of(world), HasSubstr("vault\nadmin adm sudo tls\nplain"));
  EXPECT_THAT(log_of(world), Not(HasSubstr("not served")));
}

// Later parts replace what earlier ones said of a key, unless they say how to merge.
TEST(CloudInit, PartsAreMergedAsTheyAsk) {
  auto parts = [](const std::string& header, const std::string& how) {
    GuestWorld world;
    boot(world,
         "Content-Type: multipart/mixed; boundary=X\nMIME-Version: 1.0\n\n--X\nContent-Type: "
         "text/cloud-config\n\n"
         "runcmd: [echo first]\nhostname: one\n--X\nContent-Type: text/cloud-config\n" +
             header + "\n" + how + "runcmd: [echo second]\nhostname: two\n--X--\n");
    return std::string(log_of(world).find("first") != std::string::npos ? "first " : "") +
           (log_of(world).find("second") != std::string::npos ? "second " : "") +
           world.run("hostname").standard_output;
  };
  EXPECT_EQ(parts("", ""), "second two\n");
  EXPECT_EQ(parts("X-Merge-Type: list(append)+dict(recurse_list)+str()\n", ""), "first second one\n");
  EXPECT_EQ(parts("",
                  "merge_how: [{name: list, settings: [append]}, {name: dict, settings: [no_replace, "
                  "recurse_list]}]\n"),
            "first second one\n");
}

TEST(CloudInit, KeysDoWhatTheySayOrAreTold) {
  GuestWorld world;
  boot(world,
       "#cloud-config\nfinal_message: done after $UPTIME s by ${version}\nlocale: en_GB.UTF-8\n"
       "manage_etc_hosts: true\nntp: {servers: [a]}\ncloud_final_modules: [[scripts-user, always], [x, "
       "once]]\n"
       "packages: [[unzip, '6.0-28'], {snap: [core]}]\n"
       "users:\n  - {name: a, no_create_home: true, no_user_group: true, passwd: '$6$x', plain_text_passwd: "
       "y,\n"
       "     sudo: [ALL=(root) /bin/a, ALL=(root) /bin/b]}\n"
       "runcmd: [ls -d /home/a; id -gn a; cat /etc/sudoers.d/a /etc/default/locale; getent shadow a]\n");
  for (const char* words :
       {"cannot access '/home/a'", "\nusers\na ALL=(root) /bin/a\na ALL=(root) /bin/b\n",
        "LANG=en_GB.UTF-8\n", "a:$6$x:", " s by 22.4.2\n", "manage_etc_hosts is not served",
        "ntp: servers is not served", "packages: snap is not served",
        "users: plain_text_passwd is not served", "cloud_final_modules: x is not served"})
    EXPECT_THAT(log_of(world), HasSubstr(words));
}

TEST(CloudInit, PartsOfOtherKindsAreTold) {
  for (auto [text, said] : {std::pair{"#cloud-config-archive\n- type: text/cloud-boothook\n",
                                      "a cloud-config-archive is not served"},
                            {"#part-handler\n", "a part-handler is not served by Squall's guests"},
                            {"#cloud-config  \nruncmd: [echo heeded]\n", "heeded\n"},
                            {"echo hello\n", "Unhandled non-multipart"}}) {
    GuestWorld world;
    boot(world, text);
    EXPECT_THAT(log_of(world), HasSubstr(said));
  }
}

TEST(CloudInit, ScriptsRunAtEveryBootWhenAsked) {
  MachineWorld world(
      "Content-Type: multipart/mixed; boundary=X\nMIME-Version: 1.0\n\n--X\nContent-Type: "
      "text/cloud-config\n\n"
      "cloud_final_modules: [[scripts-user, always]]\n--X\nContent-Type: text/x-shellscript\n\n"
      "#!/bin/sh\necho always >>/opt/ran\n--X\nContent-Type: text/x-shellscript-per-boot\n\n"
      "#!/bin/sh\necho boot >>/opt/ran\n--X--\n");
  world.inside->power_on();
  world.wait(2min);
  world.inside->reboot();
  world.wait(2min);
  EXPECT_EQ(world.file("/opt/ran"), "boot\nalways\nboot\nalways\n");
}

TEST(CloudInit, ATemplateIsFilledInWithTheInstancesData) {
  GuestWorld world;
  world.network.hosts["169.254.169.254:80"] = [](const world::Call& call) -> world::Reply {
    const http::Request& request = call.request;
    if (request.method == "PUT") return http::Response::text(200, "TOKEN");
    if (request.headers.get("X-aws-ec2-metadata-token") != "TOKEN") return http::Response::text(401, "");
    if (request.path() == "/latest/meta-data/local-ipv4") return http::Response::text(200, "10.0.1.10");
    if (request.path() == "/latest/meta-data/tags/instance/Own_Name")
      return http::Response::text(200, "vault");
    return http::Response::text(404, "");
  };
  boot(world,
       "## template: jinja\n#!/bin/bash\n{# a remark #}echo '{{ v1.instance_id }} {{region}} {{ "
       "v1.availability-zone }}' "
       ">/out\necho '{{ ds.meta_data.local_ipv4 }} {{ ds.meta_data[\'local-ipv4\'] }} {{ "
       "ds.meta_data.tags.instance.Own_Name }} "
       "{{ ds.meta_data.public_ipv4 }} {{ v1.frob }}' >>/out\ncloud-init query v1.region "
       "ds.meta_data.local_ipv4 >>/out\n"
       "cloud-init query --format 'at {{ region }}' >>/out; cloud-init query v1.none 2>>/out; echo $? "
       ">>/out\n");
  EXPECT_EQ(
      world.guest->disk().read("/out"),
      "i-0123456789abcdef0 us-east-1 us-east-1a\n10.0.1.10 10.0.1.10 vault CI_MISSING_JINJA_VAR/public_ipv4 "
      "CI_MISSING_JINJA_VAR/frob\nus-east-1\n10.0.1.10\nat us-east-1\nERROR: instance-data 'v1' has no "
      "'none'\n1\n");
}

TEST(CloudInit, ATemplateThatIsMoreThanNamesIsToldAndNotRun) {
  for (const char* body : {"{% if v1.region %}x{% endif %}", "{{ v1.region | upper }}", "{{ v1.region"}) {
    GuestWorld world;
    boot(world, std::string("## template: jinja\n#!/bin/bash\ntouch /out\n") + body + "\n");
    EXPECT_FALSE(world.guest->disk().exists("/out")) << body;
    bool told = std::any_of(world.trace.begin(), world.trace.end(), [](const TraceEntry& entry) {
      return entry.kind == "boot" &&
             entry.text.starts_with("user data: part-001 is a Jinja template with more");
    });
    EXPECT_TRUE(told) << body;
  }
}

TEST(CloudInit, TheNameOfAMachineByDistribution) {
  std::string config = "#cloud-config\npreserve_hostname: false\nhostname: v\nfqdn: v.example.com\n";
  GuestWorld amazon("amzn2-ami-hvm-2.0.20240610.1-x86_64-gp2");
  boot(amazon, config);
  EXPECT_EQ(amazon.run("hostname; hostname -f; cat /etc/hostname").standard_output,
            "v.example.com\nv.example.com\nv.example.com\n");
  GuestWorld debian;
  boot(debian, config);
  EXPECT_EQ(debian.run("hostname; hostname -f; cat /etc/hostname").standard_output, "v\nv.example.com\nv\n");
}

TEST(Story, AMissingCommandIsToldOnce) {
  GuestWorld world;
  world.run("frobnicate 2>/tmp/log; frobnicate; cat /tmp/log; cat /tmp/log >&2");
  int told = 0;
  for (const TraceEntry& entry : world.trace) told += entry.kind == "not-found";
  EXPECT_EQ(told, 1);
}

}  // namespace
}  // namespace squall::guest

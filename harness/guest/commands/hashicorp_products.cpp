// See hashicorp_products.hpp. Units and configurations follow those of HashiCorp's packages (consul 1.17,
// nomad 1.6).
#include "harness/guest/commands/hashicorp_products.hpp"

#include "harness/guest/guest.hpp"
#include "harness/guest/host_accounts.hpp"

namespace squall::guest {
namespace {

constexpr char consul_unit[] = R"([Unit]
Description="HashiCorp Consul - A service mesh solution"
Documentation=https://www.consul.io/
Requires=network-online.target
After=network-online.target
ConditionFileNotEmpty=/etc/consul.d/consul.hcl

[Service]
EnvironmentFile=-/etc/consul.d/consul.env
User=consul
Group=consul
ExecStart=/usr/bin/consul agent -config-dir=/etc/consul.d/
ExecReload=/bin/kill --signal HUP $MAINPID
KillMode=process
KillSignal=SIGTERM
Restart=on-failure
LimitNOFILE=65536

[Install]
WantedBy=multi-user.target
)";

constexpr char nomad_unit[] = R"([Unit]
Description=Nomad
Documentation=https://nomadproject.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
EnvironmentFile=-/etc/nomad.d/nomad.env
ExecReload=/bin/kill -HUP $MAINPID
ExecStart=/usr/bin/nomad agent -config /etc/nomad.d
KillMode=process
KillSignal=SIGINT
LimitNOFILE=65536
LimitNPROC=infinity
Restart=on-failure
RestartSec=2

[Install]
WantedBy=multi-user.target
)";

struct ProductFiles {
  std::string name, user, unit, configuration;
};

const std::vector<ProductFiles>& packaged() {
  static const std::vector<ProductFiles> all = {
      {"consul", "consul", consul_unit, "data_dir = \"/opt/consul\"\n"},
      {"nomad", "root", nomad_unit,
       "data_dir  = \"/opt/nomad/data\"\nbind_addr = \"0.0.0.0\"\n\nserver {\n  enabled          = true\n"
       "  bootstrap_expect = 1\n}\n\nclient {\n  enabled = true\n  servers = [\"127.0.0.1\"]\n}\n"},
      {"boundary", "boundary", "", ""}};
  return all;
}

world::Task<int> refuse(program::Context& context) {
  const std::string& path = context.invocation().argv[0];
  context.err(path.substr(path.find_last_of('/') + 1) +
              ": not served by Squall's guests: of HashiCorp's programs they have Vault's stand-in alone\n");
  co_return 1;
}

}  // namespace

const std::vector<std::string>& hashicorp_products() {
  static const std::vector<std::string> names = {"boundary", "consul", "consul-template", "envconsul",
                                                 "nomad",    "packer", "terraform",       "vault-ssh-helper"};
  return names;
}

void install_product_files(Guest& guest, const std::string& name) {
  for (const ProductFiles& files : packaged()) {
    if (files.name != name) continue;
    GuestDisk& disk = guest.disk();
    const std::string etc = "/etc/" + name + ".d", opt = "/opt/" + name;
    Account account;
    if (files.user != "root") account = add_system_account(disk, files.user, etc, "/bin/false");
    for (const std::string& folder : {etc, opt}) disk.make_directories(folder, 0755);
    const std::string configuration = etc + "/" + name + ".hcl";
    if (!files.configuration.empty() && !disk.exists(configuration))
      disk.write(configuration, files.configuration, 0640);
    if (!disk.exists(etc + "/" + name + ".env")) disk.write(etc + "/" + name + ".env", "", 0640);
    disk.make_directories("/usr/lib/systemd/system", 0755);
    if (!files.unit.empty()) disk.write("/usr/lib/systemd/system/" + name + ".service", files.unit, 0644);
    for (const std::string& owned : {etc, opt, configuration, etc + "/" + name + ".env"})
      if (disk.exists(owned)) disk.change_owner(owned, account.uid, account.gid);
  }
}

std::map<std::string, program::Program> product_commands() {
  std::map<std::string, program::Program> commands;
  for (const std::string& name : hashicorp_products()) commands[name] = refuse;
  return commands;
}

}  // namespace squall::guest

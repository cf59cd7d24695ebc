// See supervisor_package.hpp. Debian's files are those of supervisor 4.2.5-1 without their comments, Fedora's
// (EPEL) those of supervisor 4.2.2: another name for the unit, /etc/supervisord.conf and
// /etc/supervisord.d/*.ini.
#include "harness/guest/commands/supervisor_package.hpp"

#include "harness/guest/guest.hpp"

namespace squall::guest {
namespace {

constexpr char debian_configuration[] = R"(; supervisor config file

[unix_http_server]
file=/var/run/supervisor.sock   ; (the path to the socket file)
chmod=0700                       ; sockef file mode (default 0700)

[supervisord]
logfile=/var/log/supervisor/supervisord.log ; (main log file;default $CWD/supervisord.log)
pidfile=/var/run/supervisord.pid ; (supervisord pidfile;default supervisord.pid)
childlogdir=/var/log/supervisor            ; ('AUTO' child log dir, default $TEMP)

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix:///var/run/supervisor.sock ; use a unix:// URL  for a unix socket

[include]
files = /etc/supervisor/conf.d/*.conf
)";

constexpr char debian_unit[] = R"([Unit]
Description=Supervisor process control system for UNIX
Documentation=http://supervisord.org
After=network.target

[Service]
ExecStart=/usr/bin/supervisord -n -c /etc/supervisor/supervisord.conf
ExecStop=/usr/bin/supervisorctl $OPTIONS shutdown
ExecReload=/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf $OPTIONS reload
KillMode=process
Restart=on-failure
RestartSec=50s

[Install]
WantedBy=multi-user.target
)";

constexpr char fedora_configuration[] = R"([unix_http_server]
file=/run/supervisor/supervisor.sock

[supervisord]
logfile=/var/log/supervisor/supervisord.log
logfile_maxbytes=50MB
logfile_backups=10
loglevel=info
pidfile=/run/supervisord.pid
nodaemon=false
minfds=1024
minprocs=200

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix:///run/supervisor/supervisor.sock

[include]
files = supervisord.d/*.ini
)";

constexpr char fedora_unit[] = R"([Unit]
Description=Process Monitoring and Control Daemon
After=rc-local.service nss-user-lookup.target

[Service]
Type=forking
ExecStart=/usr/bin/supervisord -c /etc/supervisord.conf
RuntimeDirectory=supervisor
RuntimeDirectoryMode=755

[Install]
WantedBy=multi-user.target
)";

void put(GuestDisk& disk, const std::string& path, std::string_view text) {
  disk.make_directories(path.substr(0, path.rfind('/')), 0755);
  if (!disk.exists(path)) disk.write(path, text, 0644);
}

}  // namespace

void install_supervisor(Guest& guest) {
  GuestDisk& disk = guest.disk();
  disk.make_directories("/var/log/supervisor", 0755);
  if (!has_apt(guest.system())) {
    put(disk, "/etc/supervisord.conf", fedora_configuration);
    put(disk, "/usr/lib/systemd/system/supervisord.service", fedora_unit);
    disk.make_directories("/etc/supervisord.d", 0755);
    return;
  }
  put(disk, "/etc/supervisor/supervisord.conf", debian_configuration);
  disk.make_directories("/etc/supervisor/conf.d", 0755);
  put(disk, "/usr/lib/systemd/system/supervisor.service", debian_unit);
  disk.make_directories("/etc/systemd/system/multi-user.target.wants", 0755);
  disk.link("/lib/systemd/system/supervisor.service",
            "/etc/systemd/system/multi-user.target.wants/supervisor.service");
  guest.start_installed_unit("supervisor.service");
}

}  // namespace squall::guest

// The distributions that guests can be, and what differs between them: names, versions, which package
// manager, what the network interface is called.
#pragma once
#include <string>

namespace squall::guest {

enum class System {
  amazon_linux_2,
  amazon_linux_2023,
  debian,
  ubuntu_20_04,
  ubuntu_22_04,
  ubuntu_24_04,
  red_hat
};

// Which distribution an image's name speaks of; Debian when it names none.
System system_of(const std::string& image_name);

constexpr bool is_ubuntu(System system) {
  return system == System::ubuntu_20_04 || system == System::ubuntu_22_04 || system == System::ubuntu_24_04;
}
// True where packages are .deb files and apt installs them.
constexpr bool has_apt(System system) { return system == System::debian || is_ubuntu(system); }

struct SystemFacts {
  const char* login_name;  // the account that an image's users log in with
  const char* version;     // "22.04"
  const char* codename;    // "jammy"; empty where releases have none that scripts ask for
  // As a Nitro instance's first interface is called: eth0 where the image's kernel options say net.ifnames=0.
  const char* network_interface;
  const char* kernel;  // uname -r, of the images of June 2024
  const char* cloud_init_version;
  // cloud-init 20.3 and later gives up when an #include cannot be fetched, unless the distribution patched
  // that away (features.ERROR_ON_USER_DATA_FAILURE); older ones warn.
  bool failed_include_ends_user_data;
};
const SystemFacts& facts_of(System system);

}  // namespace squall::guest

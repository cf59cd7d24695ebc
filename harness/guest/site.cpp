// See site.hpp. As root the namespace is a plain one; another user gets a user namespace in which he is root,
// where the kernel lets him.
#include "harness/guest/site.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/guest/file_times.hpp"
#include "harness/guest/user_namespace.hpp"

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

constexpr char name_prefix[] = "squall-guests-";

// Folders that crashed runs left: empty, and named after a process that is no more.
void sweep(const fs::path& temporary) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(temporary, error)) {
    std::string name = entry.path().filename();
    if (!name.starts_with(name_prefix)) continue;
    int pid = std::atoi(name.c_str() + sizeof name_prefix - 1);
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) ::rmdir(entry.path().c_str());
  }
}

}  // namespace

Site::Site(const fs::path& temporary) : real_from_ns_(host_clock_ns()) {
  sweep(temporary);
  std::string pattern = (temporary / (name_prefix + std::to_string(::getpid()) + "-XXXXXX")).string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw GuestsUnavailable("no folder for guests can be made in " + temporary.string() + ": " +
                            std::strerror(errno));
  folder_ = pattern;
  try {
    if (::geteuid() != 0) enter_user_namespace();
    if (::unshare(CLONE_NEWNS) != 0) {
      throw GuestsUnavailable(
          std::string("guests need the right to make mount namespaces (CAP_SYS_ADMIN): ") +
          std::strerror(errno));
    }
    if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("squall", folder_.c_str(), "tmpfs", MS_NOATIME, "mode=755") != 0)
      throw GuestsUnavailable(std::string("guests need the right to mount a tmpfs (CAP_SYS_ADMIN): ") +
                              std::strerror(errno));
    image_ = std::make_unique<Image>(folder_ / "image");
  } catch (...) {
    ::umount2(folder_.c_str(), MNT_DETACH);
    ::rmdir(folder_.c_str());
    throw;
  }
}

Site::~Site() {
  ::umount2(folder_.c_str(), MNT_DETACH);
  ::rmdir(folder_.c_str());
}

void mount_overlay(const Site& site, const std::vector<fs::path>& layers, const fs::path& upper,
                   const fs::path& work, const fs::path& target) {
  auto below = [&](const fs::path& path) { return path.lexically_relative(site.folder()).string(); };
  std::string options = "lowerdir=";
  for (std::size_t i = 0; i < layers.size(); ++i) options += (i ? ":" : "") + below(layers[i]);
  options += ",upperdir=" + below(upper) + ",workdir=" + below(work);
  if (in_user_namespace()) options += ",userxattr";
  const fs::path before = fs::current_path();
  fs::current_path(site.folder());
  const int result = ::mount("overlay", target.c_str(), "overlay", 0, options.c_str()), error = errno;
  fs::current_path(before);
  if (result != 0)
    throw GuestsUnavailable(std::string("guests need overlayfs (modprobe overlay): ") + std::strerror(error));
}

void unmount(const fs::path& target) { ::umount2(target.c_str(), MNT_DETACH); }

}  // namespace squall::guest

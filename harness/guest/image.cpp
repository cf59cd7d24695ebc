// See image.hpp. Libraries are looked up where the dynamic linker looks by itself (ld.so(8)); the tree is
// laid out with /bin, /sbin and /lib* merged into /usr, as all current distributions have it.
#include "harness/guest/image.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "harness/guest/agent/embedded.hpp"
#include "harness/guest/elf.hpp"
#include "harness/guest/file_descriptor.hpp"
#include "harness/guest/file_times.hpp"
#include "harness/guest/host_programs.hpp"
#include "harness/guest/system_files.hpp"
#include "harness/guest/system_scripts.hpp"

namespace squall::guest {
namespace fs = std::filesystem;
namespace {

constexpr std::array program_folders = {"/usr/bin", "/usr/sbin", "/bin", "/sbin"};
constexpr std::array library_folders = {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
                                        "/usr/lib64", "/usr/lib"};

// When the image was published, which its files tell.
const Time release_day = *base::parse_iso8601("2023-06-01T00:00:00Z");

// A file of the host, seen without being read as a whole: of a program only the headers and names are looked
// at.
class HostFile {
 public:
  explicit HostFile(const fs::path& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    struct stat facts {};
    if (!file_ || ::fstat(file_.get(), &facts) != 0 || facts.st_size <= 0) return;
    size_ = static_cast<std::size_t>(facts.st_size);
    void* at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_.get(), 0);
    at_ = at == MAP_FAILED ? nullptr : static_cast<const char*>(at);
  }
  HostFile(const HostFile&) = delete;
  HostFile& operator=(const HostFile&) = delete;
  ~HostFile() {
    if (at_ != nullptr) ::munmap(const_cast<char*>(at_), size_);
  }
  std::string_view content() const {
    return at_ == nullptr ? std::string_view() : std::string_view(at_, size_);
  }
  // The kernel copies from the one page cache to the other.
  void copy_to(const fs::path& path, mode_t mode) const {
    fs::create_directories(path.parent_path());
    FileDescriptor target(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    off_t done = 0;
    while (target && static_cast<std::size_t>(done) < size_)
      if (::sendfile(target.get(), file_.get(), &done, size_ - static_cast<std::size_t>(done)) <= 0) break;
    if (!target || static_cast<std::size_t>(done) < size_)
      throw std::runtime_error("cannot copy to " + path.string() + ": " + std::strerror(errno));
    ::fchmod(target.get(), mode);
  }

 private:
  FileDescriptor file_;
  const char* at_ = nullptr;
  std::size_t size_ = 0;
};

// Where the host has the program, with links followed; empty when it has not.
fs::path find_program(const std::string& name) {
  std::error_code error;
  for (const char* folder : program_folders) {
    fs::path resolved = fs::canonical(fs::path(folder) / name, error);
    if (!error && fs::is_regular_file(resolved, error)) return resolved;
  }
  return {};
}

fs::path find_library(const std::string& name) {
  std::error_code error;
  if (name.empty()) return {};
  for (const char* folder : library_folders)
    if (fs::exists(fs::path(folder) / name, error)) return fs::path(folder) / name;
  return {};
}

void put_file(const fs::path& path, const std::string& content, int mode) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
  ::chmod(path.c_str(), static_cast<mode_t>(mode));
}

// The program under its name in the guest; nothing when the host has none.
HostFiles files_of_program(const std::string& name) {
  fs::path program = find_program(name);
  if (program.empty()) return {};
  bool administrators = program.parent_path().filename() == "sbin";
  return {{(administrators ? "/usr/sbin/" : "/usr/bin/") + name, program}};
}

}  // namespace

std::string host_program(const std::string& name) {
  return std::string(HostFile(find_program(name)).content());
}

Image::Image(fs::path folder)
    : folder_(std::move(folder)), base_(folder_ / "base"), real_from_ns_(host_clock_ns()) {
  for (const char* made : {"usr/bin",
                           "usr/sbin",
                           "usr/lib/squall",
                           "usr/lib64",
                           "usr/local/bin",
                           "usr/local/sbin",
                           "usr/share",
                           "proc",
                           "dev",
                           "run",
                           "sys",
                           "tmp",
                           "root",
                           "home",
                           "opt",
                           "srv",
                           "mnt",
                           "media",
                           "boot",
                           "var/log",
                           "var/lib",
                           "var/cache",
                           "var/spool/cron/crontabs",
                           "etc"})
    fs::create_directories(base_ / made);
  for (const char* merged : {"bin", "sbin", "lib", "lib64"})
    fs::create_directory_symlink(fs::path("usr") / merged, base_ / merged);
  fs::create_directory_symlink("../run", base_ / "var/run");
  fs::create_directory_symlink("../run/lock", base_ / "var/lock");
  for (std::string_view name : base_programs()) add_program(name);
  if (!fs::exists(base_ / "usr/bin/bash"))
    throw std::runtime_error("guests need /usr/bin/bash, and this machine has none");
  add_unnamed_libraries();
  add_file("/usr/lib/squall/libsquall-guest.so", std::string(guest_preload_bytes()), 0755);
  add_file("/usr/lib/squall/squall-init", std::string(guest_program_bytes()), 0755);
  add_file("/etc/ld.so.preload", "/usr/lib/squall/libsquall-guest.so\n", 0644);
  add_host_folders();
  FileTimes(base_).replace(real_from_ns_, release_day);
}

// Threads that are cancelled load the first by name, which no header tells; the others are jq's, which is
// also downloaded by itself.
void Image::add_unnamed_libraries() {
  for (const char* name : {"libgcc_s.so.1", "libjq.so.1", "libonig.so.5"})
    if (fs::path library = find_library(name); !library.empty()) copy_files({{library, library}}, base_);
}

void Image::add_program(std::string_view name) { copy_files(files_of_program(std::string(name)), base_); }

void Image::copy_files(const HostFiles& wanted, const fs::path& layer) const {
  for (const auto& [guest_path, host_path] : with_needs(wanted))
    HostFile(host_path).copy_to(layer / guest_path.substr(1), 0755);
}

// These and what they need to run, but what the base has already.
HostFiles Image::with_needs(HostFiles wanted) const {
  HostFiles all;
  while (!wanted.empty()) {
    auto next = wanted.extract(wanted.begin());
    std::error_code error;
    if (all.contains(next.key()) || fs::exists(base_ / next.key().substr(1), error)) continue;
    const HostFile file(next.mapped());
    const ElfNeeds needs = read_elf(file.content());
    if (!needs.interpreter.empty())
      wanted[needs.interpreter.starts_with("/usr") ? needs.interpreter : "/usr" + needs.interpreter] =
          needs.interpreter;
    for (const std::string& name : needs.libraries)
      if (fs::path library = find_library(name); !library.empty()) wanted[library] = library;
    all.insert(std::move(next));
  }
  return all;
}

void Image::add_file(const std::string& guest_path, const std::string& content, int mode) {
  put_file(base_ / guest_path.substr(1), content, mode);
}

void Image::add_host_folders() {
  std::error_code error;
  // The last two are perl's own modules, and those that adduser is written with.
  std::vector<std::string> wanted = {"/usr/share/zoneinfo", "/usr/lib/locale/C.utf8",
                                     "/usr/lib/x86_64-linux-gnu/perl-base", "/usr/share/perl5/Debian"};
  for (const auto& entry : fs::directory_iterator("/usr/lib", error))
    if (entry.path().filename().string().starts_with("python3.")) wanted.push_back(entry.path());
  for (const std::string& path : wanted) {
    if (!fs::is_directory(path, error)) continue;
    fs::create_directories(base_ / path.substr(1));
    shared_.push_back({path, path});
  }
}

void Image::make_system_layer(const fs::path& layer, System system,
                              const std::map<std::string, std::string>& commands) {
  write_system_files(layer, system);
  write_system_scripts(layer, system);
  for (std::string_view name : programs_of(system)) copy_files(files_of_program(std::string(name)), layer);
  for (const auto& [name, where] : commands) {
    fs::path link = layer / where.substr(1) / name;
    fs::create_directories(link.parent_path());
    // Writing to one of these in a guest copies it first (overlayfs), so that they may all be one file.
    bool changes_rights = name == "sudo" || name == "su";
    if (changes_rights) {
      fs::copy_file(base_ / "usr/lib/squall/squall-init", link);
      ::chmod(link.c_str(), 04755);
    } else {
      fs::create_hard_link(base_ / "usr/lib/squall/squall-init", link);
    }
  }
  bool bash_is_sh = !has_apt(system);
  fs::create_directories(layer / "usr/bin");
  if (!fs::exists(layer / "usr/bin/sh"))
    fs::create_symlink(bash_is_sh || !fs::exists(base_ / "usr/bin/dash") ? "bash" : "dash",
                       layer / "usr/bin/sh");
  FileTimes(layer).replace(real_from_ns_, release_day);
}

std::vector<fs::path> Image::layers(System system, const std::map<std::string, std::string>& commands) {
  fs::path& layer = systems_[system];
  if (layer.empty()) {
    layer = folder_ / ("system-" + std::to_string(static_cast<int>(system)));
    make_system_layer(layer, system, commands);
  }
  return {layer, base_};
}

std::map<std::string, std::string> Image::program_files(const std::string& name) const {
  std::map<std::string, std::string> files;
  for (const auto& [guest_path, host_path] : with_needs(files_of_program(name)))
    files[guest_path] = HostFile(host_path).content();
  return files;
}

}  // namespace squall::guest

// See image.hpp. Libraries are looked up where the dynamic linker looks by itself (ld.so(8)); the tree is
// laid out with /bin, /sbin and /lib* merged into /usr, as all current distributions have it.
#include "harness/guest/image.hpp"

#include <sys/stat.h>

#include <array>
#include <fstream>
#include <sstream>

#include "harness/guest/agent/embedded.hpp"
#include "harness/guest/elf.hpp"
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

std::string read_host_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return {};
  std::string content;
  in.seekg(0, std::ios::end);
  if (in.tellg() <= 0) return {};
  content.resize(static_cast<std::size_t>(in.tellg()));
  in.seekg(0);
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  return in ? content : std::string{};
}

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

bool is_administrators(const fs::path& path) { return path.parent_path().filename() == "sbin"; }

}  // namespace

std::string host_program(const std::string& name) { return read_host_file(find_program(name)); }

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
  for (std::string_view name : base_programs()) add_program(std::string(name));
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
  for (const char* name : {"libgcc_s.so.1", "libjq.so.1", "libonig.so.5"}) {
    fs::path library = find_library(name);
    if (!library.empty()) add_elf(library, library);
  }
}

void Image::add_program(const std::string& name) {
  fs::path host_path = find_program(name);
  if (host_path.empty()) return;
  add_elf(host_path, std::string(is_administrators(host_path) ? "/usr/sbin/" : "/usr/bin/") + name);
}

void Image::add_elf(const std::string& host_path, const std::string& guest_path) {
  std::error_code error;
  if (fs::exists(base_ / guest_path.substr(1), error)) return;
  std::string content = read_host_file(host_path);
  add_file(guest_path, content, 0755);
  add_libraries_of(content);
}

void Image::add_libraries_of(const std::string& content) {
  ElfNeeds needs = read_elf(content);
  if (!needs.interpreter.empty())
    add_elf(needs.interpreter,
            needs.interpreter.starts_with("/usr") ? needs.interpreter : "/usr" + needs.interpreter);
  for (const std::string& name : needs.libraries) {
    fs::path library = find_library(name);
    if (!library.empty()) add_elf(library, library);
  }
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
  for (std::string_view name : programs_of(system))
    for (const auto& [path, content] : program_files(std::string(name)))
      put_file(layer / path.substr(1), content, 0755);
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
  fs::path program = find_program(name);
  if (program.empty()) return files;
  std::vector<std::pair<std::string, fs::path>> wanted = {
      {std::string(is_administrators(program) ? "/usr/sbin/" : "/usr/bin/") + name, program}};
  while (!wanted.empty()) {
    auto [guest_path, host_path] = wanted.back();
    wanted.pop_back();
    if (files.contains(guest_path) || fs::exists(base_ / guest_path.substr(1))) continue;
    std::string content = read_host_file(host_path);
    for (const std::string& library : read_elf(content).libraries) {
      fs::path found = find_library(library);
      if (!found.empty()) wanted.emplace_back(found, found);
    }
    files[guest_path] = std::move(content);
  }
  return files;
}

}  // namespace squall::guest

#include "harness/vault/log/log_file.hpp"

#include <vector>

namespace squall::vault {
namespace {

constexpr int file_mode = 0640;
constexpr std::string_view glob_characters = "*?[";

std::string one_error(const std::string& message) { return "1 error occurred:\n\t* " + message + "\n\n"; }

}  // namespace

LogFile::LogFile(world::Disk& disk, world::Scheduler& scheduler, LogFileOptions options)
    : disk_(disk), scheduler_(scheduler), options_(std::move(options)) {
  const std::size_t slash = options_.path.rfind('/');
  directory_ = options_.path.substr(0, slash + 1);
  name_ = options_.path.substr(slash + 1);
  if (directory_.find_first_of(glob_characters) != std::string::npos)
    throw LogFileError(one_error("directory contains glob character"));
  if (name_.empty()) name_ = "vault.log";
  if (name_.find_first_of(glob_characters) != std::string::npos)
    throw LogFileError(one_error("file name contains globbing character"));
  const std::size_t dot = name_.rfind('.');
  old_stem_ = name_.substr(0, dot) + "-";
  extension_ = dot == std::string::npos ? ".log" : name_.substr(dot);
  try {
    prune();
  } catch (const world::DiskError& error) {
    throw LogFileError(std::string("failed to prune log files: ") + error.what());
  }
  try {
    open();
  } catch (const world::DiskError& error) {
    throw LogFileError(std::string("failed to setup logging: ") + error.what());
  }
}

void LogFile::open() {
  disk_.append(path(), "", file_mode);
  opened_ = scheduler_.now();
  written_bytes_ = 0;
}

void LogFile::write(std::string_view line) {
  const bool full = options_.rotate_bytes > 0 && written_bytes_ >= options_.rotate_bytes;
  try {
    if (full || scheduler_.now() - opened_ >= options_.rotate_after) rotate();
    disk_.append(path(), line, file_mode);
    written_bytes_ += static_cast<std::int64_t>(line.size());
  } catch (const world::DiskError&) {
    return;  // nowhere to say it
  }
}

void LogFile::rotate() {
  const auto since_epoch = scheduler_.now().time_since_epoch();
  const auto now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  disk_.rename(path(), directory_ + old_stem_ + std::to_string(now_ns) + extension_);
  prune();
  open();
}

void LogFile::prune() {
  if (options_.max_files == 0) return;
  std::vector<std::string> old;
  for (const std::string& name :
       disk_.list(directory_.substr(0, std::max<std::size_t>(directory_.size(), 2) - 1)))
    if (name.size() >= old_stem_.size() + extension_.size() && name.starts_with(old_stem_) &&
        name.ends_with(extension_))
      old.push_back(name);
  const std::size_t kept = options_.max_files < 0 ? 0 : static_cast<std::size_t>(options_.max_files);
  for (std::size_t i = 0; i + kept < old.size(); ++i) disk_.remove(directory_ + old[i]);
}

}  // namespace squall::vault

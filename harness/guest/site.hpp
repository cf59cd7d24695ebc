// Where the guests of one run live: a file system in memory that only this process sees (a mount namespace of
// its own), and the image. When the process ends, however it ends, all of it is gone; what stays after a
// crash is one empty folder, which the next run removes.
#pragma once
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "harness/guest/image.hpp"

namespace squall::guest {

// This machine does not let guests run; the message says what is missing, in a sentence.
struct GuestsUnavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Site {
 public:
  // `temporary` is the folder for temporary files. Throws GuestsUnavailable.
  explicit Site(const std::filesystem::path& temporary);
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  ~Site();

  const std::filesystem::path& folder() const { return folder_; }
  // The host's clock when the site was made (file_times.hpp).
  std::int64_t real_from_ns() const { return real_from_ns_; }
  Image& image() { return *image_; }

 private:
  std::filesystem::path folder_;
  std::int64_t real_from_ns_;
  std::unique_ptr<Image> image_;
};

// Mounts an overlay of `layers` (highest first) with `upper` and `work` at `target`; all folders exist and
// are the site's.
// A guest can read how its root was mounted: no path of this run stands there.
void mount_overlay(const Site& site, const std::vector<std::filesystem::path>& layers,
                   const std::filesystem::path& upper, const std::filesystem::path& work,
                   const std::filesystem::path& target);
void unmount(const std::filesystem::path& target);

}  // namespace squall::guest

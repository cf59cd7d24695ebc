// The supervisor package's own files: configuration, unit, folders.
#pragma once

namespace squall::guest {

class Guest;

// As the distribution's package leaves it: Debian's and Ubuntu's is enabled and running when apt-get returns,
// EPEL's is neither.
void install_supervisor(Guest& guest);

}  // namespace squall::guest

// Guests without root: a user namespace in which this process is root and has users to give away. The kernel
// lets anybody map his own id; a range of further ids is given by the setuid helpers newuidmap and newgidmap,
// as /etc/subuid and /etc/subgid allow (subuid(5), user_namespaces(7)).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace squall::guest {

struct IdRange {
  unsigned long first = 0, count = 0;
};
// The first range of /etc/subuid's or /etc/subgid's text for that user (by name or number) that holds all the
// ids a guest uses; nothing when there is none.
std::optional<IdRange> find_id_range(std::string_view text, const std::string& name, unsigned user_id);

// Moves this process, which must have one thread, into a user namespace of its own, as its root. Throws
// GuestsUnavailable with one sentence on what is missing.
void enter_user_namespace();
// True when not every id of the kernel's is mapped here: then some file systems want other options.
bool in_user_namespace();

}  // namespace squall::guest

// Sandbox: starting a guest's init and asking things of it. Follows agent/protocol.h.
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "harness/guest/sandbox.hpp"
#include "harness/guest/site.hpp"

namespace squall::guest {
namespace {

constexpr int control_fd = 3;  // in init: CONTROL_FD of agent/control.h

// Between fork and exec: only calls that are safe there.
[[noreturn]] void exec_init(const Sandbox::Options& options, char* const* argv, int control) {
  if (control == control_fd) {
    ::fcntl(control, F_SETFD, 0);
  } else {
    ::dup2(control, control_fd);
  }
  int nothing = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) ::dup2(nothing, fd);
  ::syscall(SYS_close_range, control_fd + 1, ~0u, 0);
  char* environment[] = {nullptr};
  ::execve(options.program.c_str(), argv, environment);
  ::_exit(127);
}

// The processor that the guest's processes share: one of those this process may use, not always the first, so
// that several runs side by side do not crowd one.
int choose_processor() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 0;
  int skip = ::getpid() % std::max(1, CPU_COUNT(&allowed));
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &allowed) && skip-- == 0) return cpu;
  return 0;
}

FileDescriptor memory_file(std::string_view content) {
  FileDescriptor file(::memfd_create("input", MFD_CLOEXEC));
  for (std::size_t done = 0; done < content.size();) {
    ssize_t n = ::write(file.get(), content.data() + done, content.size() - done);
    if (n <= 0) break;
    done += static_cast<std::size_t>(n);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace

Sandbox::Sandbox(const Options& options) { launch(options); }

Sandbox::~Sandbox() {
  if (clock_ != nullptr) ::munmap(clock_, sizeof *clock_);
  if (init_pid_ > 0) {
    ::kill(init_pid_, SIGKILL);
    while (::waitpid(init_pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

void Sandbox::launch(const Options& options) {
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
    throw GuestsUnavailable(std::string("no socket for a guest: ") + std::strerror(errno));
  control_ = FileDescriptor(pair[0]);
  FileDescriptor theirs(pair[1]);
  std::vector<std::string> words = {"squall-init", options.root, options.hostname,
                                    std::to_string(choose_processor()), std::to_string(options.last_pid)};
  for (const auto& [host_path, guest_path] : options.shared_folders) {
    words.push_back(host_path);
    words.push_back(guest_path);
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  clone_args args{};
  args.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC;
  args.exit_signal = SIGCHLD;
  long pid = ::syscall(SYS_clone3, &args, sizeof args);
  if (pid == 0) exec_init(options, argv.data(), theirs.get());
  if (pid < 0)
    throw GuestsUnavailable(std::string("guests need namespaces (CONFIG_NAMESPACES, CAP_SYS_ADMIN): ") +
                            std::strerror(errno));
  init_pid_ = static_cast<int>(pid);
  wait_until_ready();
  clock_->real_from_ns = options.real_from_ns;
  options.boot_id.copy(clock_->boot_id, sizeof clock_->boot_id - 1);
  options.kernel.copy(clock_->kernel, sizeof clock_->kernel - 1);
}

void Sandbox::wait_until_ready() {
  char buffer[1024], attached[CMSG_SPACE(sizeof(int) * 4)];
  iovec part{buffer, sizeof buffer};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = attached;
  message.msg_controllen = sizeof attached;
  pollfd wait{control_.get(), POLLIN, 0};
  ssize_t size = ::poll(&wait, 1, 10'000) == 1 ? ::recvmsg(control_.get(), &message, MSG_CMSG_CLOEXEC) : -1;
  if (size > 0 && buffer[0] == SQUALL_FAILED)
    throw GuestsUnavailable("a guest could not start: " +
                            MessageReader({buffer + 1, static_cast<std::size_t>(size) - 1}).text());
  cmsghdr* header = size > 0 ? CMSG_FIRSTHDR(&message) : nullptr;
  if (header == nullptr || buffer[0] != SQUALL_READY) throw GuestsUnavailable("a guest's init ended at once");
  int fds[3];
  std::memcpy(fds, CMSG_DATA(header), sizeof fds);
  listener_ = FileDescriptor(fds[0]);
  console_ = FileDescriptor(fds[2]);
  FileDescriptor page(fds[1]);
  void* mapped = ::mmap(nullptr, sizeof *clock_, PROT_READ | PROT_WRITE, MAP_SHARED, page.get(), 0);
  if (mapped == MAP_FAILED)
    throw GuestsUnavailable(std::string("a guest's clock page: ") + std::strerror(errno));
  clock_ = static_cast<squall_clock*>(mapped);
  std::string folder = "/proc/" + std::to_string(init_pid_) + "/root";
  root_ = FileDescriptor(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  proc_ = FileDescriptor(::open((folder + "/proc").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!root_ || !proc_) throw GuestsUnavailable(std::string("a guest's /proc: ") + std::strerror(errno));
}

// Sends one message and waits for its answer, whose body it returns; empty if init is gone.
std::string Sandbox::request(unsigned char type, std::string_view body, std::vector<int> fds,
                             unsigned char answer_type) {
  char attached[CMSG_SPACE(sizeof(int) * 4)] = {};
  iovec parts[2] = {{&type, 1}, {const_cast<char*>(body.data()), body.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  if (!fds.empty()) {
    message.msg_control = attached;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
    std::memcpy(CMSG_DATA(header), fds.data(), sizeof(int) * fds.size());
  }
  control_answer_.clear();
  control_answer_type_ = 0;
  if (::sendmsg(control_.get(), &message, MSG_NOSIGNAL) < 0) return {};
  if (answer_type == 0) return {};
  while (control_answer_type_ != answer_type) {
    pollfd wait{control_.get(), POLLIN, 0};
    ::poll(&wait, 1, 1000);
    if ((wait.revents & (POLLHUP | POLLERR)) != 0 && (wait.revents & POLLIN) == 0) return {};
    drain_control();
  }
  return control_answer_;
}

int Sandbox::spawn(const SpawnRequest& wanted) {
  int output[2], errors[2] = {-1, -1};
  if (::pipe2(output, O_CLOEXEC) != 0) return -errno;
  FileDescriptor output_end(output[0]), output_theirs(output[1]);
  if (!wanted.merge_output && ::pipe2(errors, O_CLOEXEC) != 0) return -errno;
  FileDescriptor error_end(errors[0]), error_theirs(errors[1]);
  FileDescriptor input = memory_file(wanted.input);

  std::vector<std::string> env;
  for (const auto& [name, value] : wanted.env) env.push_back(name + "=" + value);
  MessageWriter body;
  body.number(next_request_++)
      .number(static_cast<std::uint32_t>(wanted.uid))
      .number(static_cast<std::uint32_t>(wanted.gid));
  body.number(static_cast<std::uint32_t>(wanted.groups.size()));
  for (int group : wanted.groups) body.number(static_cast<std::uint32_t>(group));
  body.number(static_cast<std::uint32_t>(wanted.rights.umask)).number(wanted.rights.secure_bits);
  body.number(wanted.rights.no_new_privileges ? 1 : 0);
  body.long_number(wanted.rights.bounding).long_number(wanted.rights.ambient);
  body.number(static_cast<std::uint32_t>(wanted.rights.limits.size()));
  for (const ResourceLimit& limit : wanted.rights.limits)
    body.number(static_cast<std::uint32_t>(limit.resource)).long_number(limit.soft).long_number(limit.hard);
  body.number(static_cast<std::uint32_t>(wanted.mounts.size()));
  for (const PrivateMount& mount : wanted.mounts)
    body.number(static_cast<unsigned char>(mount.kind))
        .number(mount.optional ? 1 : 0)
        .text(mount.path)
        .text(mount.source);
  body.text(wanted.cwd).text(wanted.program).list(wanted.argv).list(env);
  if (body.bytes().size() >= SQUALL_CONTROL_MAX) return -E2BIG;
  int error_fd = wanted.merge_output ? output_theirs.get() : error_theirs.get();
  std::string answer =
      request(SQUALL_SPAWN, body.bytes(), {input.get(), output_theirs.get(), error_fd}, SQUALL_SPAWNED);
  MessageReader in(answer);
  in.number();
  int pid = static_cast<int>(in.number());
  int error = static_cast<int>(in.number());
  if (!in.ok()) return -ESRCH;
  if (pid == 0) return -error;
  for (int fd : {output_end.get(), error_end.get()})
    if (fd >= 0) ::fcntl(fd, F_SETFL, O_NONBLOCK);
  streams_.push_back({std::move(output_end), pid, false});
  if (!wanted.merge_output) streams_.push_back({std::move(error_end), pid, true});
  return pid;
}

void Sandbox::kill(int pid, int signal_number) {
  request(SQUALL_KILL,
          MessageWriter()
              .number(static_cast<std::uint32_t>(pid))
              .number(static_cast<std::uint32_t>(signal_number))
              .bytes(),
          {}, 0);
}

int Sandbox::mount_folder(const std::filesystem::path& folder, const std::string& target,
                          const FolderAccess& access) {
  FileDescriptor tree(static_cast<int>(
      ::syscall(SYS_open_tree, AT_FDCWD, folder.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
  if (!tree) return errno;
  mount_attr attributes{};
  attributes.attr_set = MOUNT_ATTR_NODEV;
  if (access.read_only) attributes.attr_set |= MOUNT_ATTR_RDONLY;
  if (access.no_exec) attributes.attr_set |= MOUNT_ATTR_NOEXEC;
  if (access.no_suid) attributes.attr_set |= MOUNT_ATTR_NOSUID;
  if (::syscall(SYS_mount_setattr, tree.get(), "", AT_EMPTY_PATH, &attributes, sizeof attributes) != 0)
    return errno;
  std::string answer = request(SQUALL_MOUNT, MessageWriter().number(next_request_++).text(target).bytes(),
                               {tree.get()}, SQUALL_DONE);
  MessageReader in(answer);
  in.number();
  int error = static_cast<int>(in.number());
  return in.ok() ? error : ESRCH;
}

int Sandbox::unmount(const std::string& target) {
  std::string answer =
      request(SQUALL_UNMOUNT, MessageWriter().number(next_request_++).text(target).bytes(), {}, SQUALL_DONE);
  MessageReader in(answer);
  in.number();
  int error = static_cast<int>(in.number());
  return in.ok() ? error : ESRCH;
}

}  // namespace squall::guest

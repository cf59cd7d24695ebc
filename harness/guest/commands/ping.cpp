// ping of iputils 20221126, as scripts wait for a host with it: -c, -W, -w, -i, -q, -n, -4, -s.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "emulator/world/await.hpp"
#include "harness/guest/commands/commands.hpp"

namespace squall::guest {
namespace {

struct PingOptions {
  std::string host, refused, mistake;  // mistake: whole lines about what ping has not either
  int count = 0;                       // 0: until a signal
  int payload_bytes = 56;
  Duration interval = 1s, patience{0}, deadline{0};  // 0: not asked for
  bool quiet = false;
};

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool good = error == std::errc{} && end == text.data() + text.size() && value >= 0 && value < 1e6;
  return good ? std::optional(value) : std::nullopt;
}

Duration in_seconds(double seconds) { return Duration{static_cast<std::int64_t>(seconds * 1e9)}; }

// The letters of one word, "-qc3", and the value of the last where it takes one.
void read_word(const std::string& word, const std::string* next, std::size_t& taken, PingOptions& options) {
  for (std::size_t at = 1; at < word.size(); ++at) {
    const char letter = word[at];
    if (letter == 'q' || letter == 'n' || letter == '4') {
      options.quiet |= letter == 'q';
      continue;
    }
    const bool inside = at + 1 < word.size();
    const std::string value = inside ? word.substr(at + 1) : next != nullptr ? *next : "";
    const std::optional<double> number = number_in(value);
    const bool known = std::string_view("cWwis").find(letter) != std::string_view::npos;
    if (!known &&
        std::string_view("aAbBCdDe6fFhIlLmMNOpPQrRStTUvVx").find(letter) == std::string_view::npos) {
      options.mistake =
          std::string("ping: invalid option -- '") + letter + "'\n\nUsage\n  ping [options] <destination>\n";
      return;
    }
    if (!known || !number || (letter == 'c' && *number < 1)) {
      options.refused = known && !inside ? word + " " + value : word;
      return;
    }
    if (!inside) ++taken;
    if (letter == 'c') options.count = static_cast<int>(*number);
    if (letter == 's') options.payload_bytes = static_cast<int>(std::min(*number, 65507.0));
    if (letter == 'i') options.interval = in_seconds(*number);
    if (letter == 'W') options.patience = in_seconds(*number);
    if (letter == 'w') options.deadline = in_seconds(*number);
    return;
  }
}

PingOptions read_ping(const std::vector<std::string>& argv) {
  PingOptions options;
  for (std::size_t i = 1; i < argv.size() && options.refused.empty(); ++i) {
    if (argv[i].size() > 1 && argv[i][0] == '-')
      read_word(argv[i], i + 1 < argv.size() ? &argv[i + 1] : nullptr, i, options);
    else
      options.host = argv[i];
  }
  return options;
}

std::string milliseconds(double value) {
  char text[32];
  std::snprintf(text, sizeof text,
                value < 1     ? "%.3f"
                : value < 10  ? "%.2f"
                : value < 100 ? "%.1f"
                              : "%.0f",
                value);
  return text;
}

std::string statistics(const std::vector<double>& times) {
  double sum = 0, squares = 0;
  for (double time : times) sum += time, squares += time * time;
  const double mean = sum / static_cast<double>(times.size());
  const double deviation =
      std::sqrt(std::max(0.0, squares / static_cast<double>(times.size()) - mean * mean));
  const auto [least, most] = std::minmax_element(times.begin(), times.end());
  char text[128];
  std::snprintf(text, sizeof text, "rtt min/avg/max/mdev = %.3f/%.3f/%.3f/%.3f ms\n", *least, mean, *most,
                deviation);
  return text;
}

// One after another: an answer that takes longer than the interval is no longer waited for, but the last.
class Pinging {
 public:
  Pinging(program::Context& context, PingOptions options, std::string address)
      : context_(context), options_(std::move(options)), address_(std::move(address)), begun_(now()) {}

  world::Task<int> run() {
    const int bytes = options_.payload_bytes;
    context_.out("PING " + options_.host + " (" + address_ + ") " + std::to_string(bytes) + "(" +
                 std::to_string(bytes + 28) + ") bytes of data.\n");
    while (options_.count == 0 || sent_ < options_.count) {
      const Time next = now() + options_.interval;
      co_await send_one();
      const bool last = sent_ == options_.count;
      if (last || (options_.deadline.count() > 0 && next >= begun_ + options_.deadline)) break;
      co_await world::sleep_until(context_.scheduler(), std::max(next, now()));
    }
    tell_end();
    co_return times_.empty() || (options_.deadline.count() > 0 && received() < options_.count) ? 1 : 0;
  }

 private:
  Time now() const { return context_.scheduler().now(); }
  int received() const { return static_cast<int>(times_.size()); }

  // iputils waits 10 s for the last where nothing ever came back.
  Duration patience() const {
    if (options_.count == 0 || sent_ < options_.count) return std::max(options_.interval, Duration{1ms});
    return options_.patience.count() > 0 ? options_.patience : Duration{10s};
  }

  world::Task<> send_one() {
    ++sent_;
    last_sent_ = now();
    Duration limit = patience();
    if (options_.deadline.count() > 0) limit = std::min(limit, begun_ + options_.deadline - now());
    std::string address = address_;
    const std::optional<world::NetError> failed = co_await context_.network().echo(std::move(address), limit);
    if (failed) co_return;
    const double took_ms = base::to_seconds(now() - last_sent_) * 1000;
    times_.push_back(took_ms);
    if (options_.quiet) co_return;
    const std::string from = options_.host == address_ ? address_ : options_.host + " (" + address_ + ")";
    context_.out(std::to_string(options_.payload_bytes + 8) + " bytes from " + from +
                 ": icmp_seq=" + std::to_string(sent_) + " ttl=64 time=" + milliseconds(took_ms) + " ms\n");
  }

  void tell_end() {
    const int lost = (sent_ - received()) * 100 / std::max(sent_, 1);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(last_sent_ - begun_).count();
    context_.out("\n--- " + options_.host + " ping statistics ---\n" + std::to_string(sent_) +
                 " packets transmitted, " + std::to_string(received()) + " received, " +
                 std::to_string(lost) + "% packet loss, time " + std::to_string(took) + "ms\n" +
                 (times_.empty() ? "\n" : statistics(times_)));
  }

  program::Context& context_;
  PingOptions options_;
  std::string address_;
  Time begun_, last_sent_{};
  int sent_ = 0;
  std::vector<double> times_;
};

world::Task<int> ping(program::Context& context) {
  PingOptions options = read_ping(context.invocation().argv);
  if (!options.mistake.empty()) {
    context.err(options.mistake);
    co_return 2;
  }
  if (!options.refused.empty()) {
    context.err("ping: " + options.refused + " is not served by Squall's guests\n");
    co_return 2;
  }
  if (options.host.empty()) {
    context.err("ping: usage error: Destination address required\n");
    co_return 2;
  }
  const std::optional<std::string> address = context.network().resolve(options.host);
  if (!address) {
    context.err("ping: " + options.host + ": Name or service not known\n");
    co_return 2;
  }
  Pinging pinging(context, std::move(options), *address);
  co_return co_await pinging.run();
}

}  // namespace

program::Program ping_command() { return ping; }

}  // namespace squall::guest

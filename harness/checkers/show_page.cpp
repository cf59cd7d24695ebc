// A judgement as a page: for each key a drawing with one lane per client and one bar per operation. Time runs
// to the right, evenly from event to event, so that what took microseconds is as easy to see as what took
// seconds.
#include <algorithm>
#include <map>
#include <set>

#include "harness/checkers/check.hpp"

namespace squall::checkers {
namespace {

constexpr int lane_height_px = 44, step_px = 46, left_px = 90, top_px = 26;
constexpr std::size_t drawn_most = 300;  // operations of one key

std::string escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '&')
      out += "&amp;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

class Drawing {
 public:
  Drawing(const KeyJudgement& bad, const Model& model) : bad_(bad), model_(model) {
    for (std::size_t i = 0; i < bad.order.size(); ++i) place_[bad.order[i]] = i + 1;
    core_.insert(bad.core.begin(), bad.core.end());
    choose();
    std::set<Time> times;
    std::set<int> clients;
    for (std::size_t i : drawn_) {
      const Operation& one = bad_.operations[i];
      times.insert(one.started);
      times.insert(end_of(i));
      clients.insert(one.client);
    }
    for (Time at : times) column_.emplace(at, static_cast<int>(column_.size()));
    for (int client : clients) lane_.emplace(client, static_cast<int>(lane_.size()));
  }

  std::string svg() const {
    const int width = left_px + step_px * (static_cast<int>(column_.size()) + 2);
    const int height = top_px + lane_height_px * static_cast<int>(lane_.size()) + 8;
    std::string out =
        "<svg width=\"" + std::to_string(width) + "\" height=\"" + std::to_string(height) + "\">\n";
    for (const auto& [client, lane] : lane_) {
      const int y = top_px + lane * lane_height_px;
      out += "<text class=\"lane\" x=\"4\" y=\"" + std::to_string(y + 26) + "\">client " +
             std::to_string(client) + "</text>\n";
    }
    for (const auto& [at, column] : column_) out += tick(at, column);
    for (std::size_t i : drawn_) out += bar(i, width);
    return out + "</svg>\n";
  }

  std::size_t left_out() const { return bad_.operations.size() - drawn_.size(); }

 private:
  // Those that overlap the core in time, or all when there is no core; the core in any case.
  void choose() {
    Time from = Time::min(), to = Time::max();
    if (!bad_.core.empty()) {
      from = Time::max(), to = Time::min();
      for (std::size_t i : bad_.core) {
        from = std::min(from, bad_.operations[i].started);
        to = std::max({to, bad_.operations[i].started, end_of(i)});
      }
    }
    for (std::size_t i = 0; i < bad_.operations.size(); ++i) {
      const bool near = bad_.operations[i].started <= to && end_of(i) >= from && drawn_.size() < drawn_most;
      if (near || core_.contains(i)) drawn_.push_back(i);
    }
  }

  // Of an unknown outcome only the beginning counts for what is drawn.
  Time end_of(std::size_t i) const {
    const Operation& one = bad_.operations[i];
    return one.outcome == Outcome::unknown ? one.started : std::max(one.started, one.ended);
  }

  std::string tick(Time at, int column) const {
    const std::string x = std::to_string(left_px + column * step_px);
    std::string seconds = std::to_string(base::to_seconds(at - bad_.operations.front().started));
    seconds.resize(seconds.find('.') + 4);
    return "<line class=\"tick\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"18\" y2=\"100%\"/>" +
           "<text class=\"tick\" x=\"" + x + "\" y=\"12\">" + seconds + "</text>\n";
  }

  std::string bar(std::size_t i, int width) const {
    const Operation& one = bad_.operations[i];
    const int x = left_px + column_.at(one.started) * step_px;
    const int end = one.outcome == Outcome::unknown ? width : left_px + column_.at(end_of(i)) * step_px;
    const int y = top_px + lane_.at(one.client) * lane_height_px;
    std::string kind = core_.contains(i) ? "core" : one.outcome == Outcome::refused ? "refused" : "other";
    if (one.outcome == Outcome::unknown) kind += " open";
    std::string what = model_.describe(one);
    if (auto place = place_.find(i); place != place_.end())
      what = '#' + std::to_string(place->second) + ' ' + what;
    const std::string label = escaped(what);
    return "<g><title>" + label + "</title><rect class=\"" + kind + "\" x=\"" + std::to_string(x) +
           "\" y=\"" + std::to_string(y + 14) + "\" width=\"" + std::to_string(std::max(end - x, 6)) +
           "\" height=\"20\" rx=\"3\"/><text x=\"" + std::to_string(x + 2) + "\" y=\"" +
           std::to_string(y + 11) + "\">" + label + "</text></g>\n";
  }

  const KeyJudgement& bad_;
  const Model& model_;
  std::map<std::size_t, std::size_t> place_;  // in the longest order, from 1
  std::set<std::size_t> core_;
  std::vector<std::size_t> drawn_;
  std::map<Time, int> column_;
  std::map<int, int> lane_;
};

constexpr const char* head =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>History</title><style>\n"
    "body{font:14px sans-serif;margin:24px;color:#222}pre{background:#f5f5f5;padding:12px;overflow-x:auto}\n"
    ".drawing{overflow-x:auto}svg text{font:11px sans-serif}svg text.tick{font-size:9px;fill:#888}\n"
    "line.tick{stroke:#eee}rect.other{fill:#cdd6e0}rect.core{fill:#d9534f}rect.refused{fill:#fff;stroke:#ccc}"
    "\n"
    "rect.open{stroke:#666;stroke-dasharray:4 3}\n"
    "</style></head><body>\n<h1>History</h1>\n";

}  // namespace

std::string as_page(const Judgement& judgement, const Model& model) {
  std::string out = head;
  if (judgement.verdict == Verdict::linearizable) return out + "<p>Linearizable.</p></body></html>\n";
  out += "<pre>" + escaped(as_text(judgement, model)) + "</pre>\n";
  for (const KeyJudgement& bad : judgement.keys) {
    Drawing drawing(bad, model);
    out += "<h2>Key " + escaped(bad.key) +
           "</h2>\n<p>Red: no order explains these. Dashed: of unknown outcome, ";
    out +=
        "may take effect at any later time. White: refused. #n: place in the longest order that was found.";
    if (drawing.left_out() > 0) out += " Not drawn: " + std::to_string(drawing.left_out()) + " operations.";
    out += "</p>\n<div class=\"drawing\">" + drawing.svg() + "</div>\n";
  }
  return out + "</body></html>\n";
}

}  // namespace squall::checkers

// Gathers the shares of an attempt (vault/core.go recordUnsealPart, getUnsealKey): a pure step per share. The
// nonce names the attempt; a share given twice counts once; what the last share completes is handed out and
// forgotten, so a wrong one loses the progress.
#pragma once
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "harness/vault/seal/shamir.hpp"

namespace squall::vault {

class UnsealProgress {
 public:
  enum class Outcome { more, complete, unusable };  // unusable: the shares cannot be combined
  struct Step {
    Outcome outcome = Outcome::more;
    std::string text;  // complete: the key; unusable: why, in Vault's words
  };

  // `fresh_nonce` becomes the attempt's when this is its first share.
  Step add(const std::string& share, int threshold, const std::string& fresh_nonce) {
    if (holds(share)) return {};
    if (shares_.empty()) nonce_ = fresh_nonce;
    shares_.push_back(share);
    if (static_cast<int>(shares_.size()) < threshold) return {};
    const std::vector<std::string> shares = std::exchange(shares_, {});
    nonce_.clear();
    if (threshold == 1) return {Outcome::complete, shares[0]};
    const CombinedKey combined = shamir_combine(shares);
    if (!combined.problem.empty()) return {Outcome::unusable, combined.problem};
    return {Outcome::complete, combined.key};
  }
  bool holds(const std::string& share) const {
    return std::find(shares_.begin(), shares_.end(), share) != shares_.end();
  }
  void reset() {
    shares_.clear();
    nonce_.clear();
  }
  int count() const { return static_cast<int>(shares_.size()); }
  const std::string& nonce() const { return nonce_; }

 private:
  std::vector<std::string> shares_;
  std::string nonce_;
};

}  // namespace squall::vault

// Reads the golden vectors of tests/golden (README.md there) and compares what we compute with them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/types.h"
#include "formats/safetensors.h"

namespace recur {

/// One golden file.
class Golden {
 public:
  /// `topic`: the file's name without its extension.
  explicit Golden(const std::string& topic)
      : file_(Safetensors::read(std::string(RECUR_SOURCE_DIR) + "/tests/golden/" + topic + ".safetensors")) {}

  /// Names of all cases, sorted.
  std::vector<std::string> cases() const {
    std::vector<std::string> names;
    for (const auto& [key, value] : file_.metadata())
      if (value.starts_with('{')) names.push_back(key);
    return names;
  }

  nlohmann::json settings(const std::string& name) const { return nlohmann::json::parse(file_.meta(name)); }

  /// Names of a case's tensors, without the case; the expected ones are F64, the given ones F32 or I64.
  std::vector<std::string> tensors(const std::string& name, bool expected) const {
    std::vector<std::string> names;
    for (const StoredTensor& t : file_.tensors())
      if (t.name.starts_with(name + "/") && (t.type == StoredType::f64) == expected)
        names.push_back(t.name.substr(name.size() + 1));
    return names;
  }

  bool has(const std::string& name, const std::string& tensor) const {
    return file_.find(name + "/" + tensor) != nullptr;
  }

  const std::vector<Index>& shape(const std::string& name, const std::string& tensor) const {
    return file_.at(name + "/" + tensor).shape;
  }

  /// A tensor's numbers, whatever its type in the file, as T.
  template <class T>
  std::vector<T> values(const std::string& name, const std::string& tensor) const {
    const std::string key = name + "/" + tensor;
    switch (file_.at(key).type) {
      case StoredType::f32:
        return cast<T>(file_.values<float>(key));
      case StoredType::i64:
        return cast<T>(file_.values<std::int64_t>(key));
      default:
        return cast<T>(file_.values<double>(key));
    }
  }

  /// Fails where |found − expected| > tolerance · (1 + |expected|), and names the worst element.
  template <class Found>
  void expect_near(const Found& found, const std::string& name, const std::string& tensor,
                   double tolerance) const {
    const std::vector<double> expected = values<double>(name, tensor);
    ASSERT_EQ(static_cast<Index>(found.size()), static_cast<Index>(expected.size())) << name << "/" << tensor;
    double worst = 0;
    std::size_t at = 0;
    for (std::size_t k = 0; k < expected.size(); ++k) {
      const double error =
          std::abs(static_cast<double>(found[k]) - expected[k]) / (1 + std::abs(expected[k]));
      if (!(error <= worst)) worst = error, at = k;  // a NaN is the worst of all, and stays
      if (std::isnan(worst)) break;
    }
    EXPECT_LE(worst, tolerance) << name << "/" << tensor << "[" << at << "]: found "
                                << static_cast<double>(found[at]) << ", expected " << expected[at];
  }

 private:
  template <class T, class From>
  static std::vector<T> cast(const std::vector<From>& from) {
    std::vector<T> to;
    to.reserve(from.size());
    for (const From v : from) to.push_back(static_cast<T>(v));
    return to;
  }

  Safetensors file_;
};

}  // namespace recur

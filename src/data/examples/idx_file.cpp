// idx files: the images and labels of MNIST and its kin (yann.lecun.com/exdb/mnist).
#include <fmt/core.h>

#include <array>
#include <cstdint>
#include <optional>

#include "base/error.h"
#include "data/examples/series_reader.h"
#include "data/files/byte_source.h"

namespace recur {
namespace {

/// A file of unsigned bytes in `sizes.size()` dimensions.
class IdxFile {
 public:
  IdxFile(const std::filesystem::path& path, std::size_t dimensions, const char* what) : bytes_(path) {
    const std::uint32_t magic = word();
    check<FormatError>(magic == 0x0800 + dimensions,
                       "{}: it begins with {}, expected {}: {} as unsigned bytes in an idx file", name(),
                       fmt::format("0x{:08X}", magic), fmt::format("0x{:08X}", 0x0800 + dimensions), what);
    for (std::size_t i = 0; i < dimensions; ++i) sizes.push_back(static_cast<Index>(word()));
  }

  /// The next bytes, all of them.
  void read(std::vector<unsigned char>& item, Index number) {
    const std::size_t got = bytes_.read(reinterpret_cast<char*>(item.data()), item.size());
    check<FormatError>(got == item.size(), "{}: it ends within item {} of {}", name(), number + 1, sizes[0]);
  }

  void expect_end() {
    char more;
    check<FormatError>(bytes_.read(&more, 1) == 0, "{}: it goes on behind its {} items", name(), sizes[0]);
  }

  const std::string& name() const { return bytes_.name(); }

  std::vector<Index> sizes;

 private:
  std::uint32_t word() {
    std::array<unsigned char, 4> bytes{};
    const std::size_t got = bytes_.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
    check<FormatError>(got == bytes.size(), "{}: it ends within its header, expected an idx file", name());
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
           bytes[3];
  }

  ByteSource bytes_;
};

/// train-labels-idx1-ubyte.gz for train-images-idx3-ubyte.gz, packed or not.
std::filesystem::path labels_beside(const std::filesystem::path& images) {
  std::string name = images.filename().string();
  const auto put = [&](std::string_view from, std::string_view to) {
    const std::size_t at = name.find(from);
    check<ConfigError>(at != name.npos, "{}: no '{}' in its name, by which its file of labels would be found",
                       images.string(), from);
    name.replace(at, from.size(), to);
  };
  put("images", "labels");
  put("idx3", "idx1");
  auto beside = images.parent_path() / name;
  if (std::filesystem::exists(beside)) return beside;
  if (name.ends_with(".gz")) return images.parent_path() / name.substr(0, name.size() - 3);
  std::filesystem::path packed = beside.string() + ".gz";
  return std::filesystem::exists(packed) ? packed : beside;
}

std::vector<std::string> features_of(IdxStep step, Index columns) {
  if (step == IdxStep::pixel) return {"pixel"};
  std::vector<std::string> features;
  for (Index i = 1; i <= columns; ++i) features.push_back("pixel_" + std::to_string(i));
  return features;
}

}  // namespace

void SeriesReader::read_idx(const std::filesystem::path& path) const {
  constexpr Index kMostPixels = Index{1} << 20;
  IdxFile images(path, 3, "images");
  const Index count = images.sizes[0], rows = images.sizes[1], columns = images.sizes[2];
  check<FormatError>(rows > 0 && columns > 0 && rows <= kMostPixels / columns,
                     "{}: images of {} x {} pixels, expected 1 to {} pixels", images.name(), rows, columns,
                     kMostPixels);
  expect_features(features_of(source.idx_step, columns), images.name());
  std::optional<IdxFile> labelled;
  if (with_labels) {
    labelled.emplace(labels_beside(path), 1, "labels");
    check<DataError>(labelled->sizes[0] == count, "{}: {} labels, but {} images in {}", labelled->name(),
                     labelled->sizes[0], count, images.name());
  }
  std::vector<unsigned char> pixels(static_cast<std::size_t>(rows * columns)), label(1);
  for (Index i = 0; i < count; ++i) {
    images.read(pixels, i);
    SeriesExample& example = into.list.emplace_back();
    example.steps = source.idx_step == IdxStep::row ? rows : rows * columns;
    example.place = fmt::format("{}: image {}", images.name(), i + 1);
    example.values.reserve(pixels.size());
    for (const unsigned char pixel : pixels) example.values.push_back(static_cast<float>(pixel) / 255.0F);
    if (!labelled) continue;
    labelled->read(label, i);
    example.labels = {labels.rename(std::to_string(label[0]))};
  }
  images.expect_end();
  if (labelled) labelled->expect_end();
}

}  // namespace recur

#include "formats/safetensors.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/json_reader.h"
#include "base/text.h"

namespace recur {
namespace {

using Kind = JsonValue::Kind;

struct TypeRow {
  StoredType type;
  std::string_view name;
  Index size;
};

constexpr std::array kTypes{
    TypeRow{StoredType::boolean, "BOOL", 1}, TypeRow{StoredType::u8, "U8", 1},
    TypeRow{StoredType::i8, "I8", 1},        TypeRow{StoredType::u16, "U16", 2},
    TypeRow{StoredType::i16, "I16", 2},      TypeRow{StoredType::f16, "F16", 2},
    TypeRow{StoredType::bf16, "BF16", 2},    TypeRow{StoredType::u32, "U32", 4},
    TypeRow{StoredType::i32, "I32", 4},      TypeRow{StoredType::f32, "F32", 4},
    TypeRow{StoredType::u64, "U64", 8},      TypeRow{StoredType::i64, "I64", 8},
    TypeRow{StoredType::f64, "F64", 8},
};

const TypeRow& row(StoredType type) {
  const TypeRow& found = kTypes[static_cast<std::size_t>(type)];
  RECUR_ASSERT(found.type == type);
  return found;
}

std::string describe(StoredType type, std::span<const Index> shape) {
  std::string text(to_string(type));
  text += " [";
  for (const Index& dim : shape) text += (&dim == shape.data() ? "" : ",") + std::to_string(dim);
  return text + "]";
}

Metadata parse_metadata(const JsonValue& json, const std::string& file) {
  check<FormatError>(json.kind == Kind::object, "{}: __metadata__ is {}, expected an object of strings", file,
                     json.shown());
  Metadata metadata;
  for (std::size_t i = 0; i < json.keys.size(); ++i) {
    const JsonValue& value = json.items[i];
    check<FormatError>(value.kind == Kind::text, "{}: metadata '{}' is {}, expected a string", file,
                       shown_name(json.keys[i]), value.shown());
    metadata.emplace(json.keys[i], value.text);
  }
  return metadata;
}

/// A tensor of the header, its place not yet compared with that of others.
struct Entry {
  StoredTensor tensor;
  std::uint64_t begin = 0, end = 0;  // bytes from the first tensor's first
};

/// One member of a tensor's entry, or an error that names both.
const JsonValue& member(const JsonValue& entry, const char* key, const std::string& where) {
  const JsonValue* found = entry.find(key);
  check<FormatError>(found != nullptr, "{} has no '{}'", where, key);
  return *found;
}

/// The sizes of an array of them; nothing if it is anything else.
std::optional<std::vector<Index>> sizes_of(const JsonValue& json) {
  if (json.kind != Kind::array) return std::nullopt;
  std::vector<Index> sizes;
  for (const JsonValue& item : json.items) {
    const auto size = item.integer();
    if (!size || *size < 0) return std::nullopt;
    sizes.push_back(*size);
  }
  return sizes;
}

Entry parse_entry(const std::string& name, const JsonValue& json, const std::string& file) {
  const std::string where = format_message("{}: tensor '{}'", {file, shown_name(name)});
  check<FormatError>(json.kind == Kind::object,
                     "{} is {}, expected an object with dtype, shape, data_offsets", where, json.shown());
  const JsonValue& dtype = member(json, "dtype", where);
  const JsonValue& shape = member(json, "shape", where);
  const JsonValue& offsets = member(json, "data_offsets", where);

  const auto type = std::ranges::find_if(
      kTypes, [&](const TypeRow& t) { return dtype.kind == Kind::text && dtype.text == t.name; });
  check<FormatError>(type != kTypes.end(), "{} has dtype {}, which is unknown here", where, dtype.shown());
  const auto sizes = sizes_of(shape), range = sizes_of(offsets);
  check<FormatError>(sizes.has_value(), "{} has shape {}, expected an array of sizes", where, shape.shown());
  check<FormatError>(range.has_value() && range->size() == 2, "{} has data_offsets {}, expected [begin,end]",
                     where, offsets.shown());

  Entry entry{.tensor = {.name = name, .type = type->type, .shape = *sizes, .bytes = {}},
              .begin = static_cast<std::uint64_t>((*range)[0]),
              .end = static_cast<std::uint64_t>((*range)[1])};
  Index size = type->size;
  for (Index dim : entry.tensor.shape) {
    check<FormatError>(!__builtin_mul_overflow(size, dim, &size), "{} has shape {}, whose size overflows",
                       where, shape.shown());
  }
  check<FormatError>(entry.begin <= entry.end && entry.end - entry.begin == static_cast<std::uint64_t>(size),
                     "{} has data_offsets {}, expected {} bytes for {}", where, offsets.shown(), size,
                     describe(entry.tensor.type, entry.tensor.shape));
  return entry;
}

/// What a header says.
struct Header {
  Metadata metadata;
  std::vector<Entry> entries;  // in the order of their bytes
};

/// Reads the header of a file whose tensors take `data_size` bytes.
Header parse_header(std::string_view text, std::uint64_t data_size, const std::string& file) {
  Header header;
  check<FormatError>(text.starts_with('{'),
                     "{}: the header does not begin with '{{' (not a safetensors file)", file);
  constexpr int kDeepest = 3;  // the header, a tensor, its shape
  const JsonValue json = read_json(text, file + ": the header", kDeepest);
  for (std::size_t i = 0; i < json.keys.size(); ++i) {
    const std::string& name = json.keys[i];
    const JsonValue& value = json.items[i];
    if (name == kMetadataKey) {
      header.metadata = parse_metadata(value, file);
    } else {
      header.entries.push_back(parse_entry(name, value, file));
    }
  }
  // A tensor without bytes begins where another does: the end decides then.
  std::ranges::stable_sort(header.entries, {}, [](const Entry& e) { return std::pair(e.begin, e.end); });

  std::uint64_t end = 0;
  for (const Entry& entry : header.entries) {
    check<FormatError>(entry.begin == end, "{}: tensor '{}' begins at byte {}, expected {}: tensors {}", file,
                       shown_name(entry.tensor.name), entry.begin, end,
                       entry.begin < end ? "overlap" : "leave a gap");
    end = entry.end;
    check<FormatError>(end <= data_size,
                       "{}: tensor '{}' ends at byte {}, but the tensors have only {} (truncated?)", file,
                       shown_name(entry.tensor.name), end, data_size);
  }
  check<FormatError>(end == data_size, "{}: {} bytes follow the last tensor, expected none", file,
                     data_size - end);
  return header;
}

}  // namespace

std::string_view to_string(StoredType type) { return row(type).name; }
Index size_of(StoredType type) { return row(type).size; }

void Safetensors::FreeAligned::operator()(std::byte* bytes) const {
  ::operator delete[](bytes, std::align_val_t{kTensorAlignment});
}

/// The common path of files and memory: `read` hands out the next bytes of a file of `size` bytes.
Safetensors Safetensors::load(const ReadNext& read, std::uint64_t size, std::string name) {
  Safetensors file;
  file.name_ = std::move(name);
  std::uint64_t header_size = 0;
  check<FormatError>(size >= sizeof header_size, "{}: {} bytes, too short for a safetensors file", file.name_,
                     size);
  read(&header_size, sizeof header_size);
  size -= sizeof header_size;
  check<FormatError>(header_size <= kMaxHeaderRead,
                     "{}: a header of {} bytes, expected at most {} (not a safetensors file?)", file.name_,
                     header_size, kMaxHeaderRead);
  check<FormatError>(header_size <= size, "{}: a header of {} bytes, but only {} follow (truncated?)",
                     file.name_, header_size, size);
  std::string text(header_size, '\0');
  read(text.data(), header_size);
  size -= header_size;
  Header header =
      parse_header(text, size, file.name_);  // first: a bad file of any size costs only its header

  file.data_.reset(static_cast<std::byte*>(::operator new[](size, std::align_val_t{kTensorAlignment})));
  read(file.data_.get(), size);
  file.metadata_ = std::move(header.metadata);
  for (Entry& entry : header.entries) {
    entry.tensor.bytes = {file.data_.get() + entry.begin, entry.end - entry.begin};
    file.tensors_.push_back(std::move(entry.tensor));
  }
  return file;
}

Safetensors Safetensors::read(const std::string& path) {
  // Size and bytes of one file: a save may put another in its place meanwhile.
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(path.c_str(), "rb"), &std::fclose);
  check<IoError>(in != nullptr, "{}: {}", path, std::strerror(errno));
  struct stat status {};
  check<IoError>(::fstat(::fileno(in.get()), &status) == 0, "{}: {}", path, std::strerror(errno));
  check<IoError>(S_ISREG(status.st_mode), "{}: a folder, a pipe or a device, expected a file", path);
  const auto next = [&](void* to, std::uint64_t bytes) {
    check<IoError>(std::fread(to, 1, bytes, in.get()) == bytes, "{}: could not be read to its end", path);
  };
  return load(next, static_cast<std::uint64_t>(status.st_size), path);
}

Safetensors Safetensors::parse(std::string_view bytes, std::string name) {
  const std::uint64_t size = bytes.size();
  const auto next = [&](void* to, std::uint64_t count) {
    bytes.copy(static_cast<char*>(to), count);
    bytes.remove_prefix(count);
  };
  return load(next, size, std::move(name));
}

const StoredTensor* Safetensors::find(std::string_view name) const {
  const auto found = std::ranges::find(tensors_, name, &StoredTensor::name);
  return found == tensors_.end() ? nullptr : &*found;
}

const StoredTensor& Safetensors::at(std::string_view name) const {
  const StoredTensor* found = find(name);
  check<FormatError>(found != nullptr, "{}: no tensor '{}' (written by another program or version?)", name_,
                     name);
  return *found;
}

const StoredTensor& Safetensors::at(std::string_view name, StoredType type,
                                    std::span<const Index> shape) const {
  const StoredTensor& tensor = at(name);
  check<FormatError>(tensor.type == type && std::ranges::equal(tensor.shape, shape),
                     "{}: tensor '{}' is {}, expected {}", name_, name, describe(tensor.type, tensor.shape),
                     describe(type, shape));
  return tensor;
}

const std::string& Safetensors::meta(std::string_view key) const {
  const auto found = metadata_.find(key);
  check<FormatError>(found != metadata_.end(),
                     "{}: no metadata '{}' (written by another program or version?)", name_, key);
  return found->second;
}

void Safetensors::expect_type(const StoredTensor& tensor, StoredType type) const {
  check<FormatError>(tensor.type == type, "{}: tensor '{}' is {}, expected {}", name_, tensor.name,
                     describe(tensor.type, tensor.shape), to_string(type));
}

}  // namespace recur

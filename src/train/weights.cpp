#include "train/weights.h"

#include <cstring>

#include "base/error.h"
#include "tensor/finite.h"

namespace recur {

void append_weights(const Parameters& parameters, std::vector<NamedTensor>& tensors) {
  for (const Parameter& p : parameters) tensors.push_back({p.name, p.value});
}

Parameters::Admission admission_of(const ModelFile& file) {
  return [&file](const std::string& name, const Shape& shape) { static_cast<void>(file.at(name, shape)); };
}

void load_weights(const ModelFile& file, Parameters& parameters) {
  for (Parameter& p : parameters) {
    const Tensor& stored = file.at(p.name, p.value.shape(), p.value.dtype());
    const std::string not_finite = first_not_finite(p.name, stored);
    check<FormatError>(not_finite.empty(), "{}: {}; the file was changed after training", file.where,
                       not_finite);
    std::memcpy(p.value.raw(), stored.raw(), static_cast<std::size_t>(stored.bytes()));
    p.scales = p.value.dtype() == DType::f32 ? file.scales(p.name) : Tensor();
    ++p.version;
  }
}

}  // namespace recur

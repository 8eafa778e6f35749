// The few things every SVG writer needs: text made safe, numbers made short, an estimate of how wide text
// will be.
#pragma once

#include <string>
#include <string_view>

namespace recur {

/// `text` as XML character data or attribute value: `& < > " '` escaped; what XML 1.0 cannot hold (control
/// characters, invalid UTF-8) becomes U+FFFD. Whatever a user calls a label, the file stays well-formed.
std::string xml_text(std::string_view text);

/// A coordinate in pixels with one decimal, as short as that goes: "12", "12.5", never "-0". REQUIRES:
/// finite.
std::string svg_number(double pixels);

/// An upper estimate of the width of `text` in pixels, in the wider of the usual sans-serif fonts: what a
/// viewer will use is unknown, and the file must not depend on the fonts of the machine that writes it.
double text_width(std::string_view text, double font_size);

/// `text`, its middle replaced by "…" if it is wider than `width` pixels: the ends of names like
/// "encoder.3.weight_hh" tell more than their middle.
std::string shortened(std::string_view text, double font_size, double width);

}  // namespace recur

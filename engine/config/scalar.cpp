// SPDX-License-Identifier: MIT
#include "config/scalar.h"

#include "config/nearest.h"

#include <array>
#include <charconv>
#include <limits>

namespace reverxy::config {

namespace {

struct Unit {
    std::string_view name;
    uint64_t factor;
};

constexpr std::array durationUnits{Unit{"ms", 1}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}};
constexpr std::array sizeUnits{Unit{"B", 1}, Unit{"KiB", 1ull << 10}, Unit{"MiB", 1ull << 20},
                               Unit{"GiB", 1ull << 30}};

bool isDigit(char character) {
    return character >= '0' && character <= '9';
}

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a') : character;
}

/// Nothing when `digits` is no plain decimal number or does not fit.
std::optional<uint64_t> decimal(std::string_view digits) {
    if (digits.empty() || (digits.size() > 1 && digits.front() == '0'))
        return std::nullopt;
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size())
        return std::nullopt;
    return number;
}

std::string formatWith(uint64_t number, std::span<const Unit> units, std::string_view unitOfZero) {
    if (number == 0)
        return "0" + std::string(unitOfZero);
    size_t unit = units.size() - 1;
    while (number % units[unit].factor != 0)
        --unit;
    return std::to_string(number / units[unit].factor).append(units[unit].name);
}

std::string outOfRange(std::string_view text, const std::string& minimum, const std::string& maximum) {
    return quoted(text) + " is out of range: write a value from " + minimum + " to " + maximum;
}

/// The unit people meant by what they wrote: 64KB, 64k, 10sec, 5min.
std::string_view intendedUnit(std::string_view written, std::span<const Unit> units) {
    for (const Unit& unit : units) {
        if (!written.empty() && lower(written.front()) == lower(unit.name.front()) &&
            (unit.name != "ms" || written.starts_with("ms") || written.starts_with("mil")))
            return unit.name;
    }
    return units.front().name;
}

Parsed<uint64_t> parseWithUnit(std::string_view text, std::span<const Unit> units, std::string_view unitOfZero,
                               std::string_view what, std::string_view examples, uint64_t minimum,
                               uint64_t maximum) {
    using Result = Parsed<uint64_t>;
    size_t digits = 0;
    while (digits < text.size() && isDigit(text[digits]))
        ++digits;
    const std::string_view number = text.substr(0, digits);
    const std::string_view written = text.substr(digits);
    const std::string advice = "write a whole number with its unit, as " + std::string(examples);
    if (digits == 0)
        return Result::failed(quoted(text) + " is no " + std::string(what) + ": " + advice);
    if (written.empty())
        return Result::failed(quoted(text) + " has no unit: " + advice);
    const auto unit = [&]() -> const Unit* {
        for (const Unit& candidate : units) {
            if (candidate.name == written)
                return &candidate;
        }
        return nullptr;
    }();
    if (!unit) {
        for (const char character : written) {
            if (isDigit(character) || character == '.' || character == ',')
                return Result::failed(quoted(text) + " is no " + std::string(what) + ": " + advice);
        }
        const std::string meant =
            digits <= 20 ? std::string(number).append(intendedUnit(written, units)) : std::string();
        return Result::failed(quoted(text) + " has an unknown unit; " +
                              (meant.empty() ? advice
                                             : "did you mean `" + meant + "`? The units are " +
                                                   std::string(units.size() == 4 && units[0].name == "B"
                                                                   ? "B, KiB, MiB and GiB (powers of 1024)"
                                                                   : "ms, s, m and h")));
    }
    if (number.size() > 1 && number.front() == '0')
        return Result::failed(quoted(text) + " begins with a zero: " + advice);
    const auto value = decimal(number);
    const bool overflows = !value || *value > std::numeric_limits<uint64_t>::max() / unit->factor;
    if (overflows || *value * unit->factor < minimum || *value * unit->factor > maximum)
        return Result::failed(
            outOfRange(text, formatWith(minimum, units, unitOfZero), formatWith(maximum, units, unitOfZero)));
    return Result::of(*value * unit->factor);
}

} // namespace

std::string quoted(std::string_view text) {
    constexpr size_t longest = 60;
    const bool cut = text.size() > longest;
    size_t length = cut ? longest : text.size();
    // Do not cut within a UTF-8 sequence.
    while (cut && length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
        --length;
    std::string result = "`";
    for (const char character : text.substr(0, length)) {
        const auto byte = static_cast<unsigned char>(character);
        result += byte < 0x20 || byte == 0x7F ? '?' : character;
    }
    return result + (cut ? "…`" : "`");
}

Parsed<bool> parseBoolean(std::string_view text) {
    if (text == "true" || text == "True" || text == "TRUE")
        return Parsed<bool>::of(true);
    if (text == "false" || text == "False" || text == "FALSE")
        return Parsed<bool>::of(false);
    return Parsed<bool>::failed(quoted(text) + " is no boolean: write true or false");
}

Parsed<uint64_t> parseInteger(std::string_view text, uint64_t minimum, uint64_t maximum) {
    const auto number = decimal(text);
    if (number && *number >= minimum && *number <= maximum)
        return Parsed<uint64_t>::of(*number);
    bool digitsOnly = !text.empty() && (text.size() == 1 || text.front() != '0');
    for (size_t i = 0; i < text.size(); ++i)
        digitsOnly = digitsOnly && (isDigit(text[i]) || (i == 0 && text[i] == '-' && text.size() > 1));
    if (digitsOnly)
        return Parsed<uint64_t>::failed(outOfRange(text, std::to_string(minimum), std::to_string(maximum)));
    return Parsed<uint64_t>::failed(quoted(text) + " is no whole number: write one from " +
                                    std::to_string(minimum) + " to " + std::to_string(maximum) +
                                    ", in plain digits");
}

Parsed<Milliseconds> parseDuration(std::string_view text, uint64_t minimum, uint64_t maximum) {
    auto read = parseWithUnit(text, durationUnits, "s", "duration", "250ms, 10s, 5m or 24h", minimum, maximum);
    if (!read)
        return Parsed<Milliseconds>::failed(std::move(read.problem));
    if (*read.value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
        return Parsed<Milliseconds>::failed(quoted(text) + " is too long");
    return Parsed<Milliseconds>::of(Milliseconds(static_cast<int64_t>(*read.value)));
}

Parsed<Bytes> parseSize(std::string_view text, uint64_t minimum, uint64_t maximum) {
    return parseWithUnit(text, sizeUnits, "B", "size", "512B, 64KiB, 16MiB or 1GiB", minimum, maximum);
}

Parsed<uint64_t> parseWord(std::string_view text, std::span<const std::string_view> words) {
    std::string all;
    for (size_t i = 0; i < words.size(); ++i) {
        if (words[i] == text)
            return Parsed<uint64_t>::of(i);
        if (i > 0)
            all += i + 1 == words.size() ? " or " : ", ";
        all += words[i];
    }
    const Nearest nearest = nearestOf(text, words);
    return Parsed<uint64_t>::failed(
        quoted(text) + " is not possible here: " +
        (nearest.isNear() ? "did you mean `" + std::string(nearest.word) + "`? Possible are " : "write ") + all);
}

Parsed<StatusRange> parseStatusRange(std::string_view text) {
    const size_t dash = text.find('-');
    const auto first = decimal(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : decimal(text.substr(dash + 1));
    const auto possible = [](std::optional<uint64_t> status) { return status && *status >= 100 && *status <= 599; };
    if (!possible(first) || !possible(last))
        return Parsed<StatusRange>::failed(
            quoted(text) + " is no range of statuses: write one as 200-399 or 204, from 100 to 599");
    if (*first > *last)
        return Parsed<StatusRange>::failed(quoted(text) + " ends before it begins: write " + std::to_string(*last) +
                                           "-" + std::to_string(*first));
    return Parsed<StatusRange>::of({static_cast<uint16_t>(*first), static_cast<uint16_t>(*last)});
}

std::string formatDuration(Milliseconds duration) {
    return formatWith(static_cast<uint64_t>(duration.count()), durationUnits, "s");
}

std::string formatSize(Bytes size) {
    return formatWith(size, sizeUnits, "B");
}

std::string formatStatusRange(StatusRange range) {
    const std::string first = std::to_string(range.first);
    return range.first == range.last ? first : first + "-" + std::to_string(range.last);
}

} // namespace reverxy::config

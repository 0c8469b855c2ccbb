// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace reverxy::route {

/// What a route asks of a request.
struct Rule {
    std::string
        host; // "" = any; lower case; "*.example.com" = any name that ends so with at least one label before it
    std::string path; // prefix by whole segments: "/api" matches /api and /api/x, not /apix; "/" matches all
};

/// Finds the route of a request: the first rule in the configuration's order that matches host and path. Immutable,
/// shared by all workers; the cost of a look-up does not grow with the number of rules for other hosts and paths.
class Router {
  public:
    explicit Router(std::span<const Rule> rules);
    ~Router();
    Router(Router&&) noexcept;
    Router& operator=(Router&&) noexcept;

    /// `authority` is the request's host[:port] in any case, perhaps with a trailing dot, perhaps empty; `path` is
    /// without query and without dot segments; "*" (asterisk form) matches rules for "/" alone. Returns the rule's
    /// index. Allocates nothing.
    std::optional<size_t> match(std::string_view authority, std::string_view path) const;

  private:
    struct Index;
    std::unique_ptr<Index> m_index;
};

/// `pathAndQuery` without the leading `prefix` (whole segments); "/" is kept in front. Views into its argument
/// where it can, else into the literal "/"; a rest that begins with "?" cannot be a view, so it says so by an empty
/// result and the caller puts "/" before `rest`.
struct Stripped {
    bool needsSlash = false; // put "/" in front of `rest`
    std::string_view rest;
};

Stripped stripPrefix(std::string_view pathAndQuery, std::string_view prefix);

} // namespace reverxy::route

// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

// The settings table: every setting exists once, here. The reader, the defaults, the environment names,
// --print-config, the reference page, the JSON Schema and the comparison of two configurations come from it. All of
// it is constant; any thread.

namespace reverxy::config {

/// The structs that settings live in; a key may be reached by several paths (a route's own rate_limiter, named
/// pools).
enum class Group : uint8_t {
    Root,
    Proxy,
    Queue,
    Log,
    Cache,
    RateLimiter,
    LoadBalancer,
    Pool,
    HealthChecker,
    Backend,
    Route
};

enum class Type : uint8_t {
    Boolean,
    Integer,
    Duration,
    Size,
    Word, // one of `words`
    StatusRange,
    ListenHost,
    Url, // of a backend
    HealthUrl,
    Name, // of a backend or route
    PoolName,
    ClientKey,
    RouteHost,
    RoutePath,
    Addresses,  // list of addresses and CIDR blocks
    FieldNames, // list of names of header fields
    HostNames,  // list of names of hosts
};

/// A word is its index, a size its bytes.
using Value = std::variant<bool, uint64_t, Milliseconds, std::string, StatusRange, BackendUrl,
                           std::vector<CidrBlock>, std::vector<std::string>>;

struct Setting {
    Group group{};
    std::string_view key;
    Type type{};
    std::string_view defaultText; // as it would be written; "" is the empty text, or for `required` nothing at all
    std::string_view unit;        // what an integer counts; "" for all else
    std::string_view help;        // one sentence
    uint64_t minimum = 0;         // of integers, milliseconds and bytes
    uint64_t maximum = 0;
    std::span<const std::string_view> words{};
    std::string_view wordForZero{}; // written instead of 0, which is then not possible itself
    bool live = true;               // a reload applies it; else it needs a restart
    bool quotable = false;          // the number may also stand in quotes
    bool required = false;          // has no default
    bool numbered = false;          // the default is `defaultText` with the position, from 1, in place of N
    /// Into and out of an object of the group's struct. The value holds the alternative of `type`.
    void (*store)(void* object, Value value) = nullptr;
    Value (*load)(const void* object) = nullptr;

    bool isList() const { return type == Type::Addresses || type == Type::FieldNames || type == Type::HostNames; }
};

/// How a group hangs under a key of another.
enum class Shape : uint8_t {
    Section, // key: { ... }
    List,    // key: [ { ... } ]
    Map,     // key: { name: { ... } }
};

struct Child {
    Group parent{};
    std::string_view key;
    Group group{};
    Shape shape{};
    std::string_view help;
    /// The child's object within the parent's, made when it is not there: of a list the one at `index` (at most one
    /// past the end), of a map the one called `name`.
    void* (*open)(void* parent, size_t index, std::string_view name) = nullptr;
    /// How many there are; of a section 0 or 1.
    size_t (*count)(const void* parent) = nullptr;
};

/// A path of the original Reverxy's files, and what it is read as.
struct Alias {
    std::string_view written;
    std::string_view path;
};

std::span<const Setting> settings();
std::span<const Child> children();
std::span<const Alias> aliases();

/// Null when the group has no such key.
const Setting* findSetting(Group group, std::string_view key);
const Child* findChild(Group group, std::string_view key);
/// Every key of the group, children included, in the table's order.
std::vector<std::string_view> keysOf(Group group);

/// Where a group is found first: `proxy.queue`, `pool.backends[]`, `routes[]`; "" for Root.
std::string pathOf(Group group);
std::string pathOf(const Setting& setting);

/// As the configuration writes it.
std::string_view wordOf(BalanceAlgorithm algorithm);
/// `REVERXY_PROXY__PORT` for `proxy.port`; a list's index stands between two underscores too.
std::string environmentNameOf(std::string_view path);

} // namespace reverxy::config

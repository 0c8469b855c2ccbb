// SPDX-License-Identifier: MIT
#include "route/router.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace reverxy::route {

namespace {

constexpr uint32_t none = UINT32_MAX;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// FNV-1a, a byte at a time, so that the hashes of all prefixes (or suffixes) of a text cost one walk. Keys come
/// from the configuration alone: requests cannot make the tables slow.
class Hash {
  public:
    void add(char c) { m_value = (m_value ^ static_cast<unsigned char>(c)) * 0x100000001b3u; }

    uint64_t value() const { return m_value ^ (m_value >> 32); }

  private:
    uint64_t m_value = 0xcbf29ce484222325u;
};

/// Text to number, asked with a hash that the caller has at hand. Open addressing; built once.
class TextTable {
  public:
    /// Keeps the number that a key already has; returns the one it has now.
    uint32_t insert(uint64_t hash, std::string_view key, uint32_t number) {
        if (const uint32_t known = find(hash, key); known != none)
            return known;
        m_longest = std::max(m_longest, key.size());
        m_entries.push_back({hash, std::string(key), number});
        if (m_entries.size() * 2 > m_slots.size()) {
            m_slots.assign(std::bit_ceil(m_entries.size() * 4), none);
            for (size_t i = 0; i < m_entries.size(); ++i)
                place(i);
        } else {
            place(m_entries.size() - 1);
        }
        return number;
    }

    /// The key's number, or none. Case of ASCII letters in `text` makes no difference when `fold`; keys are lower
    /// case then.
    uint32_t find(uint64_t hash, std::string_view text, bool fold = false) const {
        if (m_entries.empty())
            return none;
        const size_t mask = m_slots.size() - 1;
        for (size_t slot = hash & mask; m_slots[slot] != none; slot = (slot + 1) & mask) {
            const Entry& entry = m_entries[m_slots[slot]];
            if (entry.hash == hash && equal(entry.key, text, fold))
                return entry.number;
        }
        return none;
    }

    /// The longest key's size: no longer text needs to be looked up.
    size_t longest() const { return m_longest; }

  private:
    struct Entry {
        uint64_t hash;
        std::string key;
        uint32_t number;
    };

    static bool equal(std::string_view key, std::string_view text, bool fold) {
        return std::equal(key.begin(), key.end(), text.begin(), text.end(),
                          [fold](char a, char b) { return a == (fold ? lower(b) : b); });
    }

    void place(size_t entry) {
        const size_t mask = m_slots.size() - 1;
        size_t slot = m_entries[entry].hash & mask;
        while (m_slots[slot] != none)
            slot = (slot + 1) & mask;
        m_slots[slot] = static_cast<uint32_t>(entry);
    }

    std::vector<Entry> m_entries;
    std::vector<uint32_t> m_slots; // index into m_entries
    size_t m_longest = 0;
};

/// The rules of one host: path prefix to the first rule that has it. The prefix of rules for "/" is empty.
class PathRules {
  public:
    void add(std::string_view path, uint32_t rule) {
        Hash hash;
        for (const char c : path)
            hash.add(c);
        m_prefixes.insert(hash.value(), path, rule);
    }

    /// The first rule with a prefix of `path` that ends where a segment does, or none.
    uint32_t match(std::string_view path) const {
        Hash hash;
        uint32_t first = m_prefixes.find(hash.value(), {});
        if (path.empty() || path[0] != '/')
            return first; // the asterisk form has no segments
        const size_t end = std::min(path.size(), m_prefixes.longest());
        for (size_t i = 0; i < end; ++i) {
            hash.add(path[i]);
            if (i + 1 == path.size() || path[i + 1] == '/')
                first = std::min(first, m_prefixes.find(hash.value(), path.substr(0, i + 1)));
        }
        return first;
    }

  private:
    TextTable m_prefixes;
};

/// `host` without the brackets of an IPv6 address and the trailing dot of a name.
std::string_view bareHost(std::string_view host) {
    if (!host.empty() && host.front() == '[')
        return host.substr(1, host.find(']') - 1);
    if (!host.empty() && host.back() == '.')
        host.remove_suffix(1);
    return host;
}

/// The bare host of `authority`, which may have a port.
std::string_view hostOf(std::string_view authority) {
    const bool bracketed = !authority.empty() && authority.front() == '[';
    return bareHost(bracketed ? authority : authority.substr(0, authority.find(':')));
}

/// A prefix without the slash at its end, so that "/api/" is "/api" and "/" is empty.
std::string_view withoutTrailingSlash(std::string_view path) {
    while (!path.empty() && path.back() == '/')
        path.remove_suffix(1);
    return path;
}

/// Hashes run from the right, so that one walk has those of all suffixes.
uint64_t hostHash(std::string_view host) {
    Hash hash;
    for (size_t i = host.size(); i > 0; --i)
        hash.add(lower(host[i - 1]));
    return hash.value();
}

} // namespace

struct Router::Index {
    TextTable exact;     // whole host to index into `hosts`
    TextTable wildcard;  // what follows "*." to index into `hosts`
    uint32_t any = none; // index into `hosts` of the rules without a host
    std::vector<PathRules> hosts;

    PathRules& rulesFor(std::string_view host) {
        const auto next = static_cast<uint32_t>(hosts.size());
        const uint32_t at = numberOf(host, next);
        if (at == next)
            hosts.emplace_back();
        return hosts[at];
    }

    /// The index into `hosts` that a rule's host has, or gets: `next`.
    uint32_t numberOf(std::string_view host, uint32_t next) {
        if (host.empty())
            return any = std::min(any, next);
        const bool isWildcard = host.starts_with("*.");
        std::string key(bareHost(isWildcard ? host.substr(2) : host));
        std::transform(key.begin(), key.end(), key.begin(), lower);
        return (isWildcard ? wildcard : exact).insert(hostHash(key), key, next);
    }

    uint32_t matchHost(uint32_t host, std::string_view path) const {
        return host == none ? none : hosts[host].match(path);
    }
};

Router::Router(std::span<const Rule> rules) : m_index(std::make_unique<Index>()) {
    for (uint32_t i = 0; i < rules.size(); ++i)
        m_index->rulesFor(rules[i].host).add(withoutTrailingSlash(rules[i].path), i);
}

Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

std::optional<size_t> Router::match(std::string_view authority, std::string_view path) const {
    const Index& index = *m_index;
    const std::string_view host = hostOf(authority);
    uint32_t first = index.matchHost(index.any, path);
    const size_t longest = std::max(index.exact.longest(), index.wildcard.longest() + 1);
    Hash hash;
    for (size_t i = host.size(); i > 0 && host.size() - i < longest; --i) {
        const char c = lower(host[i - 1]);
        // A wildcard stands for at least one label, so the dot before its suffix is not the host's first character.
        if (c == '.' && i > 1) {
            const uint32_t at = index.wildcard.find(hash.value(), host.substr(i), true);
            first = std::min(first, index.matchHost(at, path));
        }
        hash.add(c);
        if (i == 1)
            first = std::min(first, index.matchHost(index.exact.find(hash.value(), host, true), path));
    }
    return first == none ? std::nullopt : std::optional<size_t>(first);
}

Stripped stripPrefix(std::string_view pathAndQuery, std::string_view prefix) {
    prefix = withoutTrailingSlash(prefix);
    if (!pathAndQuery.starts_with(prefix))
        return {false, pathAndQuery};
    const std::string_view rest = pathAndQuery.substr(prefix.size());
    if (rest.empty())
        return {false, "/"};
    if (rest[0] == '/')
        return {false, rest};
    if (rest[0] == '?')
        return {true, rest};
    return {false, pathAndQuery}; // the prefix ends within a segment
}

} // namespace reverxy::route

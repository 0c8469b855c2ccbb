// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace reverxy::observe {

/// Series by small keys of numbers, found by hashing in an open table. Takes memory for a key when it is first seen
/// and never again; bounded: when `limit` keys are known, all further ones share the series of Key::rest(). Belongs
/// to one thread.
///
/// A Key has hash(), == and rest(), a Series has merge().
template <typename Key, typename Series>
class SeriesTable {
  public:
    struct Entry {
        Key key;
        Series series;
    };

    explicit SeriesTable(size_t limit = std::numeric_limits<size_t>::max()) : m_limit(limit) {}

    /// The key's series, made when it is new. The reference holds until the next new key.
    Series& at(const Key& key) {
        const size_t place = find(key);
        if (!m_places.empty() && m_places[place] != none)
            return m_entries[m_places[place]].series;
        if (m_entries.size() >= m_limit && !(key == Key::rest()))
            return at(Key::rest());
        return add(key);
    }

    /// Null when the key was never seen.
    const Series* seriesOf(const Key& key) const {
        if (m_places.empty())
            return nullptr;
        const uint32_t index = m_places[find(key)];
        return index == none ? nullptr : &m_entries[index].series;
    }

    /// The entry that is most likely the key's; null when none stands at its place. Looks at no entry, which may
    /// have to be waited for.
    const Entry* guess(const Key& key) const {
        if (m_places.empty())
            return nullptr;
        const uint32_t index = m_places[key.hash() & (m_places.size() - 1)];
        return index == none ? nullptr : &m_entries[index];
    }

    /// In the order in which they were first seen.
    std::span<const Entry> entries() const { return m_entries; }

    void merge(const SeriesTable& other) {
        for (const Entry& entry : other.m_entries)
            at(entry.key).merge(entry.series);
    }

  private:
    static constexpr uint32_t none = UINT32_MAX;

    /// Where the key's index stands, or would stand.
    size_t find(const Key& key) const {
        if (m_places.empty())
            return 0;
        const size_t mask = m_places.size() - 1;
        size_t place = key.hash() & mask;
        while (m_places[place] != none && !(m_entries[m_places[place]].key == key))
            place = (place + 1) & mask;
        return place;
    }

    Series& add(const Key& key) {
        m_entries.push_back({key, Series{}});
        if (m_entries.size() * 2 > m_places.size()) {
            m_places.assign(m_places.empty() ? 16 : m_places.size() * 2, none);
            for (size_t i = 0; i < m_entries.size(); ++i)
                m_places[find(m_entries[i].key)] = static_cast<uint32_t>(i);
        } else {
            m_places[find(key)] = static_cast<uint32_t>(m_entries.size() - 1);
        }
        return m_entries.back().series;
    }

    size_t m_limit;
    std::vector<uint32_t> m_places; // indexes of entries; a power of two, at most half of them taken
    std::vector<Entry> m_entries;
};

} // namespace reverxy::observe

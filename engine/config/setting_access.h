// SPDX-License-Identifier: MIT
#pragma once

#include "config/settings.h"

#include <type_traits>

// How the settings table reaches into the Config structs: for a pointer to member, the group it belongs to and the
// functions that store and load. Only settings.cpp includes this.

namespace reverxy::config {

/// A `load_balancer` section: Config and Pool hold its one value directly.
struct LoadBalancer {
    BalanceAlgorithm type;
};

template <class Struct>
constexpr Group groupOf() {
    if constexpr (std::is_same_v<Struct, Config>)
        return Group::Root;
    else if constexpr (std::is_same_v<Struct, Proxy>)
        return Group::Proxy;
    else if constexpr (std::is_same_v<Struct, Queue>)
        return Group::Queue;
    else if constexpr (std::is_same_v<Struct, Log>)
        return Group::Log;
    else if constexpr (std::is_same_v<Struct, Cache>)
        return Group::Cache;
    else if constexpr (std::is_same_v<Struct, RateLimiter>)
        return Group::RateLimiter;
    else if constexpr (std::is_same_v<Struct, BalanceAlgorithm> || std::is_same_v<Struct, LoadBalancer>)
        return Group::LoadBalancer;
    else if constexpr (std::is_same_v<Struct, Pool>)
        return Group::Pool;
    else if constexpr (std::is_same_v<Struct, HealthChecker>)
        return Group::HealthChecker;
    else if constexpr (std::is_same_v<Struct, Backend>)
        return Group::Backend;
    else {
        static_assert(std::is_same_v<Struct, Route>);
        return Group::Route;
    }
}

template <auto Member>
struct Access;

template <class Struct, class Field, Field Struct::*Member>
struct Access<Member> {
    static constexpr Group group = groupOf<Struct>();

    // The table's type and the field agree for every row; the test of the defaults goes through all of them.
    static void store(void* object, Value value) {
        Field& field = static_cast<Struct*>(object)->*Member;
        if constexpr (std::is_same_v<Field, bool>)
            field = std::get<bool>(value);
        else if constexpr (std::is_enum_v<Field> || std::is_integral_v<Field>)
            field = static_cast<Field>(std::get<uint64_t>(value));
        else
            field = std::get<Field>(std::move(value));
    }

    static Value load(const void* object) {
        const Field& field = static_cast<const Struct*>(object)->*Member;
        if constexpr (std::is_same_v<Field, bool>)
            return Value(std::in_place_type<bool>, field);
        else if constexpr (std::is_enum_v<Field> || std::is_integral_v<Field>)
            return Value(std::in_place_type<uint64_t>, static_cast<uint64_t>(field));
        else
            return Value(std::in_place_type<Field>, field);
    }
};

template <>
struct Access<&LoadBalancer::type> {
    static constexpr Group group = Group::LoadBalancer;

    static void store(void* object, Value value) {
        *static_cast<BalanceAlgorithm*>(object) = static_cast<BalanceAlgorithm>(std::get<uint64_t>(value));
    }

    static Value load(const void* object) {
        return Value(std::in_place_type<uint64_t>,
                     static_cast<uint64_t>(*static_cast<const BalanceAlgorithm*>(object)));
    }
};

template <auto Member>
struct Nesting;

template <class Struct, class Field, Field Struct::*Member>
struct Nesting<Member> {
    using Parent = Struct;
    using Nested = Field;

    static void* open(void* parent, size_t, std::string_view) { return &(static_cast<Struct*>(parent)->*Member); }

    static size_t count(const void*) { return 1; }

    static void* openItem(void* parent, size_t index, std::string_view) {
        auto& items = static_cast<Struct*>(parent)->*Member;
        if (index >= items.size())
            items.emplace_back();
        return &items[index];
    }

    static size_t countItems(const void* parent) { return (static_cast<const Struct*>(parent)->*Member).size(); }
};

template <auto Member>
constexpr Child section(std::string_view key, std::string_view help) {
    using Here = Nesting<Member>;
    return {groupOf<typename Here::Parent>(),
            key,
            groupOf<typename Here::Nested>(),
            Shape::Section,
            help,
            Here::open,
            Here::count};
}

template <auto Member>
constexpr Child list(std::string_view key, std::string_view help) {
    using Here = Nesting<Member>;
    return {groupOf<typename Here::Parent>(),
            key,
            groupOf<typename Here::Nested::value_type>(),
            Shape::List,
            help,
            Here::openItem,
            Here::countItems};
}

inline void* openPool(void* parent, size_t, std::string_view name) {
    auto& pools = static_cast<Config*>(parent)->pools;
    for (Pool& pool : pools) {
        if (pool.name == name)
            return &pool;
    }
    pools.emplace_back().name = std::string(name);
    return &pools.back();
}

inline size_t countPools(const void* parent) {
    return static_cast<const Config*>(parent)->pools.size();
}

inline void* openDefaultPool(void* parent, size_t, std::string_view) {
    return openPool(parent, 0, "default");
}

inline size_t countDefaultPool(const void* parent) {
    for (const Pool& pool : static_cast<const Config*>(parent)->pools) {
        if (pool.name == "default")
            return 1;
    }
    return 0;
}

inline void* openRouteLimiter(void* parent, size_t, std::string_view) {
    auto& limiter = static_cast<Route*>(parent)->rateLimiter;
    if (!limiter)
        limiter.emplace();
    return &*limiter;
}

inline size_t countRouteLimiter(const void* parent) {
    return static_cast<const Route*>(parent)->rateLimiter ? 1 : 0;
}

} // namespace reverxy::config

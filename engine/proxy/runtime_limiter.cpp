// SPDX-License-Identifier: MIT
#include "proxy/runtime_limiter.h"

#include "http/list.h"
#include "proxy/shared_state.h"

namespace reverxy::proxy {

namespace {

constexpr std::string_view globalName = "global";
constexpr std::string_view fieldMark = "header:";

KeySetting keySettingOf(const config::RateLimiter& settings) {
    KeySetting key;
    key.ipv6Prefix = settings.ipv6Prefix;
    if (settings.key.starts_with(fieldMark)) {
        key.fieldName = settings.key.substr(fieldMark.size());
        key.field = http::fieldIdFromName(key.fieldName);
    }
    return key;
}

/// As much of a name as a string of the field may hold (RFC 9651 section 3.3.3).
std::string printable(std::string_view name) {
    std::string text;
    for (const char c : name)
        text += c >= ' ' && c <= '~' ? c : '?';
    return text;
}

} // namespace

std::shared_ptr<const RuntimeLimiter> compileLimiter(const config::RateLimiter& settings,
                                                     std::string_view routeName, SharedState& shared,
                                                     NameTable& names) {
    if (!settings.enabled)
        return nullptr;
    const bool global = routeName.empty();
    const limit::QuotaPolicy policy(settings);
    const KeySetting key = keySettingOf(settings);
    const std::string policyName = global ? "reverxy" : "reverxy-" + printable(routeName);
    return std::make_shared<const RuntimeLimiter>(
        RuntimeLimiter{names.intern(global ? globalName : routeName), policyName, policy.policyItem(policyName),
                       policy, shared.limitedClients(routeName, policy, key), key, shared.seed(),
                       settings.maxClients, settings.exempt, settings.headers});
}

limit::ClientKey clientKeyOf(const RuntimeLimiter& limiter, const http::RequestHead& head,
                             const IpAddress& client) {
    const KeySetting& key = limiter.key;
    limit::ClientKey byField;
    for (const http::Field& field : head.fields) {
        if (key.fieldName.empty())
            break;
        // A value that says nothing tells nobody apart: such a client is its address, as one without the field is.
        if (field.id != key.field || field.value.empty() || !http::equalsIgnoringCase(field.name, key.fieldName))
            continue;
        byField = byField.kind == limit::KeyKind::Field ? follow(byField, field.value, limiter.seed)
                                                        : limit::keyOfField(field.value, limiter.seed);
    }
    return byField.kind == limit::KeyKind::Field ? byField : limit::keyOfAddress(client, key.ipv6Prefix);
}

} // namespace reverxy::proxy

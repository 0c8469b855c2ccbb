// SPDX-License-Identifier: MIT
#include "admin/readiness.h"

#include "base/escaped_text.h"

#include <algorithm>
#include <string>
#include <string_view>

namespace reverxy::admin {

namespace {

void appendText(std::string& out, std::string_view text) {
    out += '"';
    appendEscaped(out, text, Escaping::Json);
    out += '"';
}

void appendMember(std::string& out, std::string_view name, std::string_view text) {
    out.append(",\"").append(name).append("\":");
    appendText(out, text);
}

void appendBoolean(std::string& out, std::string_view name, bool value) {
    out.append(",\"").append(name).append(value ? "\":true" : "\":false");
}

std::string_view wordOf(const health::BackendSnapshot& backend) {
    if (!backend.target)
        return "not-probed";
    switch (backend.target->state) {
    case health::State::Up:
        return "up";
    case health::State::Down:
        return "down";
    case health::State::Unknown:
        break;
    }
    return "unknown";
}

void appendBackend(std::string& out, const health::BackendSnapshot& backend) {
    out += "{\"name\":";
    appendText(out, backend.name);
    appendBoolean(out, "available", backend.available);
    appendBoolean(out, "enabled", backend.enabled);
    appendMember(out, "health", wordOf(backend));
    if (backend.target && !backend.target->reason.empty())
        appendMember(out, "reason", backend.target->reason);
    out += '}';
}

std::string reasonOf(const health::PoolSnapshot& pool) {
    const std::string name = "The pool \"" + pool.name + "\"";
    if (pool.total == 0)
        return name + " has no backend.";
    if (pool.available == 0)
        return name + (pool.total == 1
                           ? " has one backend, and it is not available."
                           : " has " + std::to_string(pool.total) + " backends, and none of them is available.");
    return name + " has " + std::to_string(pool.available) + " available backend" +
           (pool.available == 1 ? "" : "s") + " of " + std::to_string(pool.total) + ".";
}

void appendPool(std::string& out, const health::PoolSnapshot& pool) {
    out += "{\"name\":";
    appendText(out, pool.name);
    out += ",\"available\":" + std::to_string(pool.available) + ",\"total\":" + std::to_string(pool.total);
    appendMember(out, "reason", reasonOf(pool));
    out += ",\"backends\":[";
    for (size_t i = 0; i < pool.backends.size(); ++i) {
        out.append(i == 0 ? "" : ",");
        appendBackend(out, pool.backends[i]);
    }
    out += "]}";
}

bool canServe(const health::PoolSnapshot& pool) {
    return pool.available > 0;
}

/// What decided, in sentences: the pools that are missing, or those that are enough.
void appendReasons(std::string& out, const ReadinessFacts& facts, bool ready) {
    std::vector<std::string> reasons;
    if (facts.draining)
        reasons.emplace_back("The proxy is draining: it finishes what runs and takes no new connections.");
    for (const health::PoolSnapshot& pool : facts.pools) {
        if (canServe(pool) == ready)
            reasons.push_back(reasonOf(pool));
    }
    for (size_t i = 0; i < reasons.size(); ++i) {
        out.append(i == 0 ? "" : ",");
        appendText(out, reasons[i]);
    }
}

} // namespace

bool isReady(const ReadinessFacts& facts) {
    if (facts.draining || facts.pools.empty())
        return false;
    return facts.readyWhen == config::ReadyWhen::AllPools
               ? std::all_of(facts.pools.begin(), facts.pools.end(), canServe)
               : std::any_of(facts.pools.begin(), facts.pools.end(), canServe);
}

Answer readyAnswer(const ReadinessFacts& facts) {
    const bool ready = isReady(facts);
    Answer answer;
    answer.status = ready ? 200 : 503;
    answer.contentType = jsonType;
    std::string& out = answer.body;
    out += ready ? "{\"ready\":true" : "{\"ready\":false";
    appendMember(out, "state", facts.draining ? "draining" : "serving");
    appendMember(out, "ready_when", facts.readyWhen == config::ReadyWhen::AllPools ? "all-pools" : "any-pool");
    out += ",\"reasons\":[";
    appendReasons(out, facts, ready);
    out += "],\"pools\":[";
    for (size_t i = 0; i < facts.pools.size(); ++i) {
        out.append(i == 0 ? "" : ",");
        appendPool(out, facts.pools[i]);
    }
    out += "]}\n";
    return answer;
}

Answer liveAnswer(bool draining) {
    std::string body = "{\"live\":true";
    appendMember(body, "state", draining ? "draining" : "serving");
    body += "}\n";
    return {200, jsonType, std::move(body), {}};
}

} // namespace reverxy::admin

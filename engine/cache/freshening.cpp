// SPDX-License-Identifier: MIT
#include "cache/freshening.h"

#include "cache/vary.h"
#include "http/list.h"

namespace reverxy::cache {

using http::Field;
using http::FieldId;
using http::FieldList;

namespace {

bool sameName(const Field& a, const Field& b) {
    return a.id == b.id && (a.id != FieldId::Other || http::equalsIgnoringCase(a.name, b.name));
}

bool isAmong(const FieldList& fields, const Field& wanted) {
    for (const Field& field : fields) {
        if (sameName(field, wanted))
            return true;
    }
    return false;
}

bool sameNames(const VaryNames& a, const VaryNames& b) {
    if (a.kind != b.kind || a.count != b.count)
        return false;
    for (size_t i = 0; i < a.count; ++i) {
        if (!http::equalsIgnoringCase(a.names[i], b.names[i]))
            return false;
    }
    return true;
}

FieldList listOf(const FieldBlock& block) {
    FieldList fields;
    for (const Field& field : block)
        fields.add(field.name, field.value, field.id);
    return fields;
}

/// What the request forbids concerns the answer to it, not what is stored already.
FreshenOutcome outcomeOf(StoreVerdict verdict) {
    switch (verdict) {
    case StoreVerdict::Stored:
        return FreshenOutcome::Update;
    case StoreVerdict::MethodNotCacheable:
    case StoreVerdict::RequestNoStore:
    case StoreVerdict::Authorization:
    case StoreVerdict::Personal:
    case StoreVerdict::Off:
        return FreshenOutcome::Leave;
    default:
        return FreshenOutcome::Remove;
    }
}

} // namespace

bool isUpdatable(FieldId id) {
    return isStorable(id) && id != FieldId::ContentRange;
}

Freshened freshen(const FieldBlock& stored, uint16_t status, const http::ResponseHead& received,
                  const RequestFacts& request, const ExchangeTimes& times, const config::Cache& config,
                  DateText& date, FieldList& fields) {
    // What of the received fields could be stored at all; its policy is its own, as it is that of no other message.
    FieldList storable;
    composeStoredFields(received.fields, readCachingPolicy(received.fields), times.response, date, storable);
    FieldList updates;
    for (const Field& field : storable) {
        if (isUpdatable(field.id))
            updates.add(field.name, field.value, field.id);
    }
    const FieldList old = listOf(stored);
    FieldList merged;
    for (const Field& field : old) {
        if (!isAmong(updates, field))
            merged.add(field.name, field.value, field.id);
    }
    for (const Field& field : updates)
        merged.add(field.name, field.value, field.id);

    // Section 5.2.2.4: what the updated policy withholds leaves, even if only the old response had it.
    const CachingPolicy policy = readCachingPolicy(merged);
    const size_t before = fields.size();
    for (const Field& field : merged) {
        if (!policy.directives.withhold(field.name))
            fields.add(field.name, field.value, field.id);
    }

    http::ResponseHead head;
    head.status = status;
    for (size_t i = before; i < fields.size(); ++i)
        head.fields.add(fields[i].name, fields[i].value, fields[i].id);
    // The age counts from this answer, so that its own Age belongs to it (section 4.2.3).
    if (const Field* age = received.fields.find(FieldId::Age))
        head.fields.add(age->name, age->value, age->id);

    Freshened freshened;
    const StoreDecision decision = decideStoring(request, head, policy, times, config);
    freshened.outcome = outcomeOf(decision.verdict);
    freshened.verdict = decision.stored() ? StoreVerdict::Freshened : decision.verdict;
    freshened.facts = decision.facts;
    freshened.varyChanged = !sameNames(readVary(old), readVary(head.fields));
    return freshened;
}

} // namespace reverxy::cache

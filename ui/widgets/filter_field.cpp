// SPDX-License-Identifier: MIT
#include "ui/widgets/filter_field.h"

#include "ui/widgets/painted_icon.h"

#include <QAction>
#include <QKeyEvent>

namespace reverxy::ui {

FilterField::FilterField(QWidget* parent) : QLineEdit(parent) {
    m_sign = addAction(iconOf(Sign::Search, palette()), LeadingPosition);
    setClearButtonEnabled(true);
}

void FilterField::begin() {
    setFocus(Qt::ShortcutFocusReason);
    selectAll();
}

void FilterField::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (key == Qt::Key_Escape && !text().isEmpty())
        clear();
    else if (m_list && (key == Qt::Key_Down || key == Qt::Key_Return))
        m_list->setFocus(Qt::TabFocusReason);
    else
        QLineEdit::keyPressEvent(event);
}

void FilterField::changeEvent(QEvent* event) {
    QLineEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_sign)
        m_sign->setIcon(iconOf(Sign::Search, palette()));
}

} // namespace reverxy::ui

<%@ page contentType="text/plain;charset=UTF-8" %>Hello from Tomcat, process <%= ProcessHandle.current().pid() %>
